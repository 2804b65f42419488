using System.Threading.Channels;

namespace OpenClaw.Core.Queue;

/// <summary>Wakes the consumer of this process. Many signals before a wait are one.</summary>
internal sealed class LaneWake(TimeProvider time)
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Signal() => _signals.Writer.TryWrite(true);

    /// <returns>False when the time was up without a signal.</returns>
    public async Task<bool> WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        if (_signals.Reader.TryRead(out _))
            return true;
        if (atMost <= TimeSpan.Zero)
            return false;

        using var timeout = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _signals.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
