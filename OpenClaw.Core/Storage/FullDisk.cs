namespace OpenClaw.Core.Storage;

/// <summary>
/// Whether messages could not be stored lately because there is no space. A probe cannot tell: what is small still fits where a message does not.
/// </summary>
public sealed class FullDisk(TimeProvider time)
{
    /// <summary>After so long without a message nobody knows any more, and somebody has to send one to find out.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(1);

    private long _refusedAt;

    /// <summary>Whether the last message that came was refused for it.</summary>
    public bool IsFull => Interlocked.Read(ref _refusedAt) is not 0 and var at && time.GetUtcNow().UtcTicks - at < Believed.Ticks;

    /// <summary>Something could not be stored.</summary>
    public void Refused(StorageFailure failure)
    {
        if (failure == StorageFailure.DiskFull)
            Interlocked.Exchange(ref _refusedAt, time.GetUtcNow().UtcTicks);
    }

    /// <summary>A message was stored.</summary>
    public void Stored()
    {
        if (Interlocked.Read(ref _refusedAt) != 0)
            Interlocked.Exchange(ref _refusedAt, 0);
    }
}
