using System.Threading.Channels;
using OpenClaw.Core.Queue;

namespace OpenClaw.Core.Redis;

/// <summary>
/// Signals that nobody waits for, sent many at once: the first goes out at once, a flood in a few hundred calls a second. What does not fit or
/// cannot be sent is dropped; the reconcilers know of it from the database.
/// </summary>
internal sealed class LaneAnnouncements : IAsyncDisposable
{
    private const int Capacity = 8192;
    private const int BatchSize = 256;

    /// <summary>Between two calls of a flood.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(2);

    /// <summary>What is left when the process stops gets so long.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Channel<LaneSignal> _channel;
    private readonly Func<IReadOnlyCollection<LaneSignal>, Task<bool>> _send;
    private readonly RepeatedLanes _repeated;
    private readonly Task _pump;
    private int _lost;

    /// <param name="send">One call for all; false when it did not work.</param>
    /// <param name="time">How long a lane that is told again and again waits.</param>
    public LaneAnnouncements(Func<IReadOnlyCollection<LaneSignal>, Task<bool>> send, TimeProvider time)
    {
        _send = send;
        _repeated = new RepeatedLanes(Add, time);
        _channel = Channel.CreateBounded<LaneSignal>(
            new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }, _ => MarkLost());
        _pump = Task.Run(PumpAsync);
    }

    public void Add(LaneSignal signal) => _channel.Writer.TryWrite(signal);

    public void MarkLost() => Volatile.Write(ref _lost, 1);

    /// <summary>Whether some were dropped since the last time this was asked.</summary>
    public bool TakeLost() => Interlocked.Exchange(ref _lost, 0) == 1;

    public async ValueTask DisposeAsync()
    {
        _repeated.Dispose();
        _channel.Writer.TryComplete();
        await Task.WhenAny(_pump, Task.Delay(LastWords, TimeProvider.System));
    }

    private async Task PumpAsync()
    {
        var batch = new Dictionary<LaneId, LaneSignal>();
        while (await _channel.Reader.WaitToReadAsync())
        {
            while (batch.Count < BatchSize && _channel.Reader.TryRead(out var signal))
            {
                if (batch.ContainsKey(signal.Lane) || !_repeated.TryHold(signal))
                    RepeatedLanes.KeepEarliest(batch, signal);
            }

            if (batch.Count == 0)
                continue;
            await SendAsync(batch.Values);
            batch.Clear();
            await Task.Delay(Gap, TimeProvider.System);
        }
    }

    private async Task SendAsync(IReadOnlyCollection<LaneSignal> signals)
    {
        try
        {
            if (await _send(signals))
                return;
        }
        catch (Exception)
        {
            // The consumers meet the same error and log it; signals have to go on.
        }

        MarkLost();
    }
}
