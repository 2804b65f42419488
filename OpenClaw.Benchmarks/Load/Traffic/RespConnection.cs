using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OpenClaw.Benchmarks.Load.Traffic;

/// <summary>One connection to a redis-server, one command at a time.</summary>
internal sealed class RespConnection : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly StreamReader _reader;

    private RespConnection(TcpClient client)
    {
        _client = client;
        // Latin-1: lengths count bytes, and what is read here is ASCII anyhow.
        _reader = new StreamReader(client.GetStream(), Encoding.Latin1);
    }

    /// <exception cref="SocketException">Nobody listens.</exception>
    public static async Task<RespConnection> OpenAsync(IPEndPoint server, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(server, cancellationToken);
            return new RespConnection(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Sends a command and returns its reply: one text, or those of an array; empty = nil.</summary>
    /// <exception cref="IOException">The connection broke, or the server refused the command.</exception>
    public async Task<IReadOnlyList<string>> SendAsync(string[] command, CancellationToken cancellationToken)
    {
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{command.Length}\r\n");
        foreach (var part in command)
        {
            request.Append(CultureInfo.InvariantCulture, $"${Encoding.Latin1.GetByteCount(part)}\r\n{part}\r\n");
        }

        await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(request.ToString()), cancellationToken);
        List<string> reply = [];
        await ReadAsync(reply, cancellationToken);
        return reply;
    }

    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task ReadAsync(List<string> reply, CancellationToken cancellationToken)
    {
        var line = await _reader.ReadLineAsync(cancellationToken) ?? throw new IOException("Redis closed the connection.");
        switch (line[0])
        {
            case '-':
                throw new IOException($"Redis: {line[1..]}");
            case '$' or '*' when line[1] == '-':
                break;
            case '$':
                reply.Add(await ReadBulkAsync(Number(line), cancellationToken));
                break;
            case '*':
                for (var left = Number(line); left > 0; left--)
                {
                    await ReadAsync(reply, cancellationToken);
                }

                break;
            default:
                reply.Add(line[1..]);
                break;
        }
    }

    private async Task<string> ReadBulkAsync(int length, CancellationToken cancellationToken)
    {
        var text = new char[length + 2];
        return await _reader.ReadBlockAsync(text, cancellationToken) == text.Length
            ? new string(text, 0, length)
            : throw new IOException("Redis closed the connection.");
    }

    private static int Number(string line) => int.Parse(line.AsSpan(1), CultureInfo.InvariantCulture);
}
