using System.Globalization;
using System.Net;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>A redis-server of our own that writes nothing to disk: killed, it comes back empty.</summary>
/// <param name="folder">The run's folder.</param>
internal sealed class RedisServerProcess(string folder) : ServerProcess("redis", Path.Combine(folder, "redis.log"))
{
    private const string Executable = "/usr/bin/redis-server";

    /// <summary>Null, or why it cannot be started on this machine.</summary>
    public static string? Missing => File.Exists(Executable) ? null : $"{Executable} is missing: install redis-server.";

    public IPEndPoint Address { get; } = LoopbackPorts.Next();

    protected override IReadOnlyList<string> Command =>
    [
        Executable, "--port", Address.Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1",
        "--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", folder,
    ];

    protected override string WorkingDirectory => folder;

    protected override string StopSignal => "TERM";

    /// <summary><c>used_memory</c> before anybody else connected, bytes.</summary>
    public long EmptyMemory { get; private set; }

    /// <summary>Starts it for the first time and waits until it serves.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        Start();
        await WaitReadyAsync(cancellationToken);
        EmptyMemory = await UsedMemoryAsync(cancellationToken);
    }

    /// <summary>Deletes everything in it.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await using var connection = await RespConnection.OpenAsync(Address, cancellationToken);
        await connection.SendAsync(["FLUSHALL"], cancellationToken);
    }

    /// <summary><c>used_memory</c>, bytes.</summary>
    public async Task<long> UsedMemoryAsync(CancellationToken cancellationToken) =>
        long.Parse((await InfoAsync("memory", cancellationToken))["used_memory"], CultureInfo.InvariantCulture);

    /// <summary>How often each command was called since the server's start, those inside scripts included.</summary>
    public async Task<IReadOnlyDictionary<string, long>> CallsAsync(CancellationToken cancellationToken)
    {
        // cmdstat_get:calls=21,usec=175,usec_per_call=8.33,rejected_calls=0,failed_calls=0
        const string Prefix = "cmdstat_";
        const string Calls = "calls=";
        return (await InfoAsync("commandstats", cancellationToken)).Where(f => f.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(
            f => f.Key[Prefix.Length..],
            f => long.Parse(f.Value.Split(',')[0][Calls.Length..], CultureInfo.InvariantCulture),
            StringComparer.Ordinal);
    }

    protected override IReadinessProbe OpenProbe() => new PingProbe(Address);

    private async Task<Dictionary<string, string>> InfoAsync(string section, CancellationToken cancellationToken)
    {
        await using var connection = await RespConnection.OpenAsync(Address, cancellationToken);
        var info = await connection.SendAsync(["INFO", section], cancellationToken);
        return info[0].Split("\r\n").Select(l => l.Split(':', 2)).Where(f => f.Length == 2).ToDictionary(f => f[0], f => f[1], StringComparer.Ordinal);
    }

    private sealed class PingProbe(IPEndPoint address) : IReadinessProbe
    {
        public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
        {
            await using var connection = await RespConnection.OpenAsync(address, cancellationToken);
            return (await connection.SendAsync(["PING"], cancellationToken))[0] == "PONG";
        }

        public void Dispose()
        {
        }
    }
}
