using Microsoft.Extensions.Logging;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Redis;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Redis;

/// <summary>One process's connection to Redis and what works over it.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private readonly LoggerFactory _loggers;
    private IngressPressure? _ingress;

    public RedisProcess(string connectionString, IDatabase database, TimeProvider? time = null, TimeSpan? longestSilence = null)
    {
        _loggers = new LoggerFactory([Logs]);
        Connection = new RedisConnection(RedisAddress.Parse(connectionString), _loggers.CreateLogger<RedisConnection>())
        {
            LongestSilence = longestSilence ?? TimeSpan.FromSeconds(10),
        };
        Installation = new InstallationId(database);
        Keys = new RedisKeys(Installation);
        Scheduler = new RedisLaneScheduler(Connection, Keys, Ingress, time ?? TimeProvider.System);
        Jobs = new RedisJobLeases(Connection, Keys);
    }

    public CapturedLogs Logs { get; } = new();

    public RedisConnection Connection { get; }

    public InstallationId Installation { get; }

    public RedisKeys Keys { get; }

    /// <summary>What <see cref="Ingress"/> goes by.</summary>
    public ManualTimeProvider IngressClock { get; } = new();

    public IngressPressure Ingress => _ingress ??= new(IngressClock, () => 0);

    public RedisLaneScheduler Scheduler { get; }

    public RedisJobLeases Jobs { get; }

    /// <summary>What the connection told about outages.</summary>
    public IReadOnlyList<string> Told => [.. Logs.Lines.Where(line => line.Contains("RedisConnection", StringComparison.Ordinal))];

    public ILogger<T> Logger<T>() => _loggers.CreateLogger<T>();

    /// <summary>Completes when the connection works.</summary>
    public async Task UpAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => Connection.IsUp, patience.Token);
        await Connection.Tried;
    }

    /// <summary>Completes when the process knows that Redis is away.</summary>
    public async Task DownAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => !Connection.IsUp, patience.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await Scheduler.DisposeAsync();
        await Connection.DisposeAsync();
        _loggers.Dispose();
    }
}
