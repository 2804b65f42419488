using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>Everything that anybody says to a Redis from now on, by its <c>MONITOR</c>: one line a command, bytes that are no letters as <c>\xNN</c>.</summary>
internal sealed partial class RedisMonitor : IDisposable
{
    private readonly RedisServer _server;
    private readonly TcpClient _client = new();
    private readonly StringBuilder _said = new();
    private StreamReader _reader = null!;

    private RedisMonitor(RedisServer server) => _server = server;

    public static async Task<RedisMonitor> StartAsync(RedisServer server)
    {
        var monitor = new RedisMonitor(server);
        await monitor._client.ConnectAsync("127.0.0.1", server.Port);
        var stream = monitor._client.GetStream();
        monitor._reader = new StreamReader(stream, Encoding.Latin1);
        await stream.WriteAsync("MONITOR\r\n"u8.ToArray());
        (await monitor._reader.ReadLineAsync()).ShouldBe("+OK");
        return monitor;
    }

    /// <summary>All of it, up to this call, as the bytes that were sent.</summary>
    public async Task<byte[]> ReadAsync(CancellationToken cancellationToken)
    {
        var end = "end-of-" + Guid.NewGuid().ToString("N");
        _server.Execute("ECHO", end);
        while (await _reader.ReadLineAsync(cancellationToken) is { } line && !line.Contains(end, StringComparison.Ordinal))
            _said.Append(line).Append('\n');
        return Encoding.Latin1.GetBytes(EscapedByte().Replace(
            _said.ToString(), match => ((char)byte.Parse(match.Groups["byte"].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString()));
    }

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }

    [GeneratedRegex(@"\\x(?<byte>[0-9a-f]{2})", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex EscapedByte();
}
