using System.Buffers;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>The raw bytes of a request, read up to a limit into pooled memory.</summary>
internal sealed class WebhookBody : IDisposable
{
    private const int FirstSize = 4096;
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _length;

    public ReadOnlySpan<byte> Span => _buffer.AsSpan(0, _length);

    /// <returns>Null when there is more than <paramref name="limit"/>: the rest is not read.</returns>
    public static async Task<WebhookBody?> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        var body = new WebhookBody();
        var reader = request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(cancellationToken);
            var fits = body.TryAppend(result.Buffer, limit);
            reader.AdvanceTo(result.Buffer.End);
            if (!fits)
            {
                body.Dispose();
                return null;
            }

            if (result.IsCompleted)
                return body;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private bool TryAppend(ReadOnlySequence<byte> data, int limit)
    {
        var total = _length + data.Length;
        if (total > limit)
            return false;
        if (total > _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(total, _buffer.Length * 2L));
            Span.CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        data.CopyTo(_buffer.AsSpan(_length));
        _length = (int)total;
        return true;
    }
}
