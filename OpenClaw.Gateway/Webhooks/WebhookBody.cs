using System.Buffers;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>The raw bytes of a request, read up to a limit; what webhooks mostly are comes into pooled memory.</summary>
internal sealed class WebhookBody : IDisposable
{
    private const int FirstSize = 4096;

    /// <summary>
    /// The pool keeps what it was given back for a minute and longer. After a flood of larger bodies memory would stay short although nobody uses it, and
    /// webhooks would be refused for that.
    /// </summary>
    private const int MostPooled = 64 * 1024;

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
        Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private static byte[] Take(int size) => size <= MostPooled ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);

    private static void Return(byte[] buffer)
    {
        if (buffer.Length <= MostPooled)
            ArrayPool<byte>.Shared.Return(buffer);
    }

    private bool TryAppend(ReadOnlySequence<byte> data, int limit)
    {
        var total = _length + data.Length;
        if (total > limit)
            return false;
        if (total > _buffer.Length)
        {
            var larger = Take((int)Math.Max(total, _buffer.Length * 2L));
            Span.CopyTo(larger);
            Return(_buffer);
            _buffer = larger;
        }

        data.CopyTo(_buffer.AsSpan(_length));
        _length = (int)total;
        return true;
    }
}
