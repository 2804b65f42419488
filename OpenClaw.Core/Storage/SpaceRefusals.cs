namespace OpenClaw.Core.Storage;

/// <summary>Counts the units of a database that were refused because there is no space, whoever gave them.</summary>
internal sealed class SpaceRefusals
{
    private long _count;

    public long Count => Interlocked.Read(ref _count);

    public void Note(Exception error)
    {
        if (error is StorageUnavailableException { Failure: StorageFailure.DiskFull })
            Interlocked.Increment(ref _count);
    }
}
