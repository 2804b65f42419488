namespace OpenClaw.Worker.Inbox;

/// <summary>How the consumer's loop is, for those who look from outside: when it last went round, and whether it waits for a free slot.</summary>
internal sealed class ConsumerPulse(TimeProvider time)
{
    private long _at = time.GetTimestamp();
    private volatile bool _isFull;

    /// <summary>Time since the loop last looked for ready lanes.</summary>
    public TimeSpan SinceLastRound => time.GetElapsedTime(Interlocked.Read(ref _at));

    /// <summary>Every slot is taken: nothing is looked for until a lane is done, however long that takes.</summary>
    public bool IsFull => _isFull;

    /// <summary>The loop waits for a slot from now on.</summary>
    public void WaitsForSlot() => _isFull = true;

    /// <summary>The loop looks for ready lanes.</summary>
    public void Beat()
    {
        Interlocked.Exchange(ref _at, time.GetTimestamp());
        _isFull = false;
    }
}
