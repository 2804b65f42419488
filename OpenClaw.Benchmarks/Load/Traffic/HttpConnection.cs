using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Benchmarks.Load.Traffic;

/// <summary>
/// One keep-alive HTTP/1.1 connection, one request at a time, over a bare socket: several times cheaper than HttpClient, which
/// matters because the runner shares its cores with what it measures. Connects when needed and again after a failure.
/// </summary>
internal sealed class HttpConnection(IPEndPoint server) : IDisposable
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Socket? _socket;

    /// <summary>Whether the last request was handed to the network as a whole, so that the server may have seen it.</summary>
    public bool RequestWritten { get; private set; }

    /// <summary>Sends the request's bytes and returns the status code of the answer; its body is read and dropped.</summary>
    /// <exception cref="SocketException">Nobody listens, or the connection broke.</exception>
    /// <exception cref="IOException">The server closed the connection without a whole answer.</exception>
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        RequestWritten = false;
        try
        {
            var socket = await ConnectAsync(cancellationToken);
            for (var rest = request; !rest.IsEmpty;)
            {
                rest = rest[await socket.SendAsync(rest, SocketFlags.None, cancellationToken)..];
            }

            RequestWritten = true;
            return await ReadStatusAsync(socket, cancellationToken);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private async ValueTask<Socket> ConnectAsync(CancellationToken cancellationToken)
    {
        // Between two requests nothing may arrive: a readable socket is a closed one.
        if (_socket is { } open && !open.Poll(0, SelectMode.SelectRead))
        {
            return open;
        }

        Dispose();
        _socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await _socket.ConnectAsync(server, cancellationToken);
        return _socket;
    }

    private async ValueTask<int> ReadStatusAsync(Socket socket, CancellationToken cancellationToken)
    {
        for (var filled = 0; ;)
        {
            var count = await socket.ReceiveAsync(_buffer.AsMemory(filled), SocketFlags.None, cancellationToken);
            if (count == 0)
            {
                throw new IOException("The connection was closed before a whole answer had arrived.");
            }

            filled += count;
            if (HttpAnswer.TryRead(_buffer.AsSpan(0, filled), out var answer))
            {
                if (answer.Closes)
                {
                    Dispose();
                }

                return answer.Status;
            }

            if (filled == _buffer.Length)
            {
                throw new IOException("The answer is longer than the runner's buffer.");
            }
        }
    }
}
