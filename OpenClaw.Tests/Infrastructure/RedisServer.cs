using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>
/// Debian's redis-server on a free port, without a file. Most tests share one per process, apart by their installations; a test that kills, freezes
/// or flushes it has one of its own.
/// </summary>
internal sealed class RedisServer : IAsyncDisposable
{
    private static readonly Lazy<Task<RedisServer>> SharedServer = new(StartAsync);
    private readonly string _program;
    private Process? _process;

    private RedisServer(string program, int port) => (_program, Port) = (program, port);

    public int Port { get; }

    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>The one of this test process; it ends with it.</summary>
    public static Task<RedisServer> SharedAsync() => SharedServer.Value;

    /// <summary>One of the test's own.</summary>
    public static async Task<RedisServer> StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var server = new RedisServer(RealServers.Find("redis-server", "redis-server"), FreePort());
            try
            {
                await server.RestartAsync();
                return server;
            }
            catch (InvalidOperationException) when (attempt < 5)
            {
                // Somebody else took the port.
            }
        }
    }

    /// <summary>A port at which nobody listens yet: a Redis that comes later, with <see cref="RestartAsync"/>.</summary>
    public static RedisServer Absent() => new(RealServers.Find("redis-server", "redis-server"), FreePort());

    /// <summary>Starts it empty, on the same port.</summary>
    public async Task RestartAsync()
    {
        if (_process is not null)
            await KillAsync();
        var port = Port.ToString(CultureInfo.InvariantCulture);
        var process = _process = await BoundProcess.StartAsync(
            _program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--logfile", "/dev/null", "--dir", Path.GetTempPath());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(() => process.HasExited || Answers(), patience.Token);
        if (process.HasExited)
            throw new InvalidOperationException("redis-server ended by itself.");
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
            return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>It keeps its connections and answers nobody.</summary>
    public async Task FreezeAsync()
    {
        await SignalAsync("STOP");
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await Eventually.TrueAsync(IsStopped, patience.Token);
    }

    /// <summary>It goes on with whatever arrived meanwhile.</summary>
    public Task ContinueAsync() => SignalAsync("CONT");

    public void FlushAll() => Execute("FLUSHALL");

    /// <summary>One command on a connection of its own: text, number, list of those, or null.</summary>
    public object? Execute(params string[] command)
    {
        using var client = new RespClient(Port);
        return client.Execute(command);
    }

    /// <summary>How often each command was called, from <c>INFO commandstats</c>; what scripts call counts, too.</summary>
    public Dictionary<string, long> CommandCalls() => ((string)Execute("INFO", "commandstats")!)
        .Split("\r\n").Where(line => line.StartsWith("cmdstat_", StringComparison.Ordinal))
        .ToDictionary(
            line => line["cmdstat_".Length..line.IndexOf(':', StringComparison.Ordinal)],
            line => long.Parse(line[(line.IndexOf("calls=", StringComparison.Ordinal) + 6)..line.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture),
            StringComparer.Ordinal);

    /// <summary>All names that contain a text.</summary>
    public List<string> Keys(string text) => ((List<object?>)Execute("KEYS", $"*{text}*")!).ConvertAll(key => (string)key!);

    public async ValueTask DisposeAsync() => await KillAsync();

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private bool Answers()
    {
        try
        {
            return Execute("PING") is "PONG";
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }

    private bool IsStopped() => File.ReadAllText($"/proc/{_process!.Id}/stat") is var stat && stat[(stat.LastIndexOf(')') + 2)..].StartsWith('T');

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process!.Id}"]);
        await kill.WaitForExitAsync();
    }
}
