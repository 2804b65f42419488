using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>Redis's protocol as plain as it is, so that tests look at a server with other eyes than the product's.</summary>
internal sealed class RespClient : IDisposable
{
    private readonly TcpClient _client;
    private readonly Stream _stream;

    public RespClient(int port)
    {
        _client = new TcpClient("127.0.0.1", port) { ReceiveTimeout = 60_000 };
        _stream = new BufferedStream(_client.GetStream());
    }

    /// <exception cref="InvalidOperationException">The server said no.</exception>
    public object? Execute(params string[] command)
    {
        var text = new StringBuilder().Append('*').Append(command.Length).Append("\r\n");
        foreach (var part in command)
            text.Append('$').Append(Encoding.UTF8.GetByteCount(part)).Append("\r\n").Append(part).Append("\r\n");
        _stream.Write(Encoding.UTF8.GetBytes(text.ToString()));
        _stream.Flush();
        return Read();
    }

    public void Dispose()
    {
        _stream.Dispose();
        _client.Dispose();
    }

    private object? Read()
    {
        var line = ReadLine();
        var rest = line[1..];
        return line[0] switch
        {
            '+' => rest,
            '-' => throw new InvalidOperationException(rest),
            ':' => long.Parse(rest, CultureInfo.InvariantCulture),
            '$' => ReadBulk(int.Parse(rest, CultureInfo.InvariantCulture)),
            '*' => Enumerable.Range(0, Math.Max(0, int.Parse(rest, CultureInfo.InvariantCulture))).Select(_ => Read()).ToList(),
            _ => throw new InvalidDataException(line),
        };
    }

    private string? ReadBulk(int length)
    {
        if (length < 0)
            return null;
        var bytes = new byte[length + 2];
        _stream.ReadExactly(bytes);
        return Encoding.Latin1.GetString(bytes, 0, length);
    }

    private string ReadLine()
    {
        var line = new StringBuilder();
        for (var next = _stream.ReadByte(); next != '\r'; next = _stream.ReadByte())
            line.Append(next < 0 ? throw new EndOfStreamException() : (char)next);
        _stream.ReadByte();
        return line.ToString();
    }
}
