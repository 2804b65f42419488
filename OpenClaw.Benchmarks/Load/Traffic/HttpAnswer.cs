using System.Buffers.Text;
using System.Text;

namespace OpenClaw.Benchmarks.Load.Traffic;

/// <param name="Status">Status code.</param>
/// <param name="Closes">Whether the server closes the connection after this answer.</param>
internal readonly record struct HttpAnswer(int Status, bool Closes)
{
    /// <summary>Reads an answer from the bytes received so far; false while its end has not arrived.</summary>
    public static bool TryRead(ReadOnlySpan<byte> received, out HttpAnswer answer)
    {
        answer = default;
        var headLength = received.IndexOf("\r\n\r\n"u8);
        if (headLength < 0 || !Utf8Parser.TryParse(received[9..12], out int status, out _))
        {
            return false;
        }

        var head = received[..headLength];
        var body = received[(headLength + 4)..];
        var whole = FindHeader(head, "Content-Length"u8, out var length)
            ? Utf8Parser.TryParse(length, out int expected, out _) && body.Length >= expected
            : !FindHeader(head, "Transfer-Encoding"u8, out _) || body.EndsWith("0\r\n\r\n"u8);
        answer = new HttpAnswer(status, FindHeader(head, "Connection"u8, out var connection) && Ascii.EqualsIgnoreCase(connection, "close"u8));
        return whole;
    }

    private static bool FindHeader(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        for (var end = head.IndexOf("\r\n"u8); end >= 0; end = head.IndexOf("\r\n"u8))
        {
            head = head[(end + 2)..];
            if (head.Length > name.Length && head[name.Length] == (byte)':' && Ascii.EqualsIgnoreCase(head[..name.Length], name))
            {
                var lineEnd = head.IndexOf("\r\n"u8);
                value = (lineEnd < 0 ? head : head[..lineEnd])[(name.Length + 1)..].Trim((byte)' ');
                return true;
            }
        }

        value = default;
        return false;
    }
}
