using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Redis;

/// <summary>A database, a redis-server, and as many processes over both as a test wants.</summary>
internal sealed class RedisRig : IAsyncDisposable
{
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(2));
    private readonly bool _ownsServer;
    private readonly List<RedisProcess> _processes = [];

    private RedisRig(RedisServer server, bool ownsServer) => (Server, _ownsServer) = (server, ownsServer);

    public RedisServer Server { get; }

    public CoreFixture Fixture { get; } = new();

    /// <summary>Ends a test that hangs.</summary>
    public CancellationToken Patience => _patience.Token;

    public CoreProcess Core => Fixture.Core;

    /// <summary>On the server that all tests share.</summary>
    public static async Task<RedisRig> SharedAsync() => new(await RedisServer.SharedAsync(), ownsServer: false);

    /// <summary>On a server of its own, to be killed and frozen.</summary>
    public static async Task<RedisRig> OwnAsync() => new(await RedisServer.StartAsync(), ownsServer: true);

    /// <summary>Where a server may come later.</summary>
    public static RedisRig Absent() => new(RedisServer.Absent(), ownsServer: true);

    public RedisProcess NewProcess(TimeProvider? time = null, TimeSpan? longestSilence = null, string? connectionString = null)
    {
        var process = new RedisProcess(connectionString ?? Server.ConnectionString, Core.Database, time, longestSilence);
        _processes.Add(process);
        return process;
    }

    /// <summary>A process whose connection works.</summary>
    public async Task<RedisProcess> NewProcessUpAsync(TimeProvider? time = null, TimeSpan? longestSilence = null, string? connectionString = null)
    {
        var process = NewProcess(time, longestSilence, connectionString);
        await process.UpAsync();
        // The start itself wakes whoever waits, once, and counts as a loss.
        await process.Scheduler.WaitForSignalAsync(TimeSpan.Zero, CancellationToken.None);
        await process.Scheduler.WaitForLossAsync(TimeSpan.Zero, CancellationToken.None);
        return process;
    }

    /// <summary>All keys of this installation.</summary>
    public List<string> Keys() => Server.Keys(new Core.Storage.InstallationId(Fixture.Core.Database).Value);

    /// <summary>For the lanes it is later now: every time that is stored moves into the past.</summary>
    public void Pass(RedisProcess process, TimeSpan duration) => Server.Execute(
        "EVAL",
        """
        for i = 1, 2 do
          local all = redis.call('ZRANGE', KEYS[i], 0, -1, 'WITHSCORES')
          for j = 1, #all, 2 do redis.call('ZADD', KEYS[i], string.format('%.0f', tonumber(all[j + 1]) - ARGV[1]), all[j]) end
        end
        local held = redis.call('HGETALL', KEYS[3])
        for j = 1, #held, 2 do
          if string.sub(held[j], -2) == ':s' then redis.call('HSET', KEYS[3], held[j], string.format('%.0f', tonumber(held[j + 1]) - ARGV[1])) end
        end
        return 1
        """,
        "3", process.Keys.Ready.ToString(), process.Keys.Leased.ToString(), process.Keys.Held.ToString(), ((long)duration.TotalMicroseconds).ToString(System.Globalization.CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
        Fixture.Dispose();
        if (_ownsServer)
            await Server.DisposeAsync();
        _patience.Dispose();
    }
}
