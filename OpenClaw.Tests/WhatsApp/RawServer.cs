using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;

namespace OpenClaw.Tests.WhatsApp;

/// <summary>A TCP server that reads each request to its end, writes exact bytes (or nothing) and closes: what no well-behaved server can be made to do.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<string> _requests = Channel.CreateUnbounded<string>();
    private readonly string? _answer;
    private readonly bool _readsFirst;
    private readonly Task _loop;

    /// <param name="answer">Written after the request; null = keep the connection open in silence.</param>
    /// <param name="readsFirst">False: answers before reading anything.</param>
    public RawServer(string? answer, bool readsFirst = true)
    {
        (_answer, _readsFirst) = (answer, readsFirst);
        _listener.Start();
        _loop = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public Uri Url => new($"http://127.0.0.1:{Port}/");

    /// <summary>The next request, head and body.</summary>
    public ValueTask<string> NextRequestAsync(CancellationToken cancellationToken) => _requests.Reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        // A listener that is stopped first would be asked by the loop for one more connection.
        await _loop;
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                _requests.Writer.TryWrite(_readsFirst ? await ReadRequestAsync(stream) : "");
                if (_answer is null)
                    await Task.Delay(Timeout.Infinite, _stop.Token);
                await stream.WriteAsync(Encoding.ASCII.GetBytes(_answer!), _stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
            }
        }
    }

    private async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        while (true)
        {
            var read = await stream.ReadAsync(buffer, _stop.Token);
            text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            var request = text.ToString();
            var head = request.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (read == 0 || (head >= 0 && request.Length - head - 4 >= LengthOf(request)))
                return request;
        }
    }

    private static int LengthOf(string request)
    {
        const string Name = "Content-Length: ";
        var start = request.IndexOf(Name, StringComparison.OrdinalIgnoreCase);
        if (start < 0)
            return 0;
        var end = request.IndexOf('\r', start);
        return int.Parse(request.AsSpan(start + Name.Length, end - start - Name.Length), System.Globalization.CultureInfo.InvariantCulture);
    }
}
