using System.Buffers;
using System.Text;

namespace OpenClaw.Worker.Skills.Commands;

/// <summary>
/// Reads one output of a process to its end, keeps the beginning, and has the process stopped when it never ceases to write: reading
/// less would let it wait for ever on a full pipe.
/// </summary>
internal sealed class CappedOutput(Stream stream, CancellationTokenSource flood)
{
    private const int Kept = 64 * 1024;
    private const long MostDrained = 8 * 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _kept = new();
    private readonly Lock _lock = new();
    private long _total;

    /// <summary>Whether more was written than kept.</summary>
    public bool IsCut => Interlocked.Read(ref _total) > Kept;

    /// <summary>Ends at the end of the output.</summary>
    public async Task ReadAsync()
    {
        var buffer = new byte[16 * 1024];
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, CancellationToken.None)) > 0)
            {
                Keep(buffer.AsSpan(0, count));
                if (Interlocked.Add(ref _total, count) > MostDrained)
                    await flood.CancelAsync();
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // The pipe went away with the process.
        }
    }

    /// <summary>What was kept, without control characters except line ends and tabs.</summary>
    public string Text()
    {
        string text;
        lock (_lock)
            text = Encoding.UTF8.GetString(_kept.WrittenSpan);

        return string.Concat(text.Where(character => character is '\n' or '\t' || !char.IsControl(character))).TrimEnd();
    }

    private void Keep(ReadOnlySpan<byte> part)
    {
        lock (_lock)
            _kept.Write(part[..Math.Min(part.Length, Kept - _kept.WrittenCount)]);
    }
}
