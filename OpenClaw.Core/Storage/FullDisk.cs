namespace OpenClaw.Core.Storage;

/// <summary>
/// Whether messages cannot be stored because there is no space. A probe that writes cannot tell: what is small still fits where a message does not. So
/// a message that was refused tells it, and where the files are this machine's, the room that is left.
/// </summary>
public sealed class FullDisk
{
    /// <summary>The largest webhook, and what is written of it: with less room some message is refused.</summary>
    internal const long LeastRoom = 2 * 1024 * 1024;

    /// <summary>After so long without a message nobody knows any more, and somebody has to send one to find out.</summary>
    private static readonly TimeSpan Believed = TimeSpan.FromMinutes(1);

    private readonly TimeProvider _time;
    private readonly Func<long?> _room;
    private long _refusedAt;

    /// <summary>Looks at the disk of the SQLite files, if it is those that are used.</summary>
    public FullDisk(Deployment deployment, DataDirectory directory, TimeProvider time)
        : this(() => RoomIn(deployment.DatabaseFolder(directory)), time)
    {
    }

    /// <param name="room">Bytes that are left; null where that is not known.</param>
    /// <param name="time">How long a refusal is believed.</param>
    internal FullDisk(Func<long?> room, TimeProvider time) => (_room, _time) = (room, time);

    /// <summary>Whether the last message that came was refused for it.</summary>
    public bool IsFull => Interlocked.Read(ref _refusedAt) is not 0 and var at && _time.GetUtcNow().UtcTicks - at < Believed.Ticks;

    /// <summary>Whether the next message may be: there is less room than the largest needs.</summary>
    public bool IsShort => _room() < LeastRoom;

    /// <summary>Something could not be stored.</summary>
    public void Refused(StorageFailure failure)
    {
        if (failure == StorageFailure.DiskFull)
            Interlocked.Exchange(ref _refusedAt, _time.GetUtcNow().UtcTicks);
    }

    /// <summary>A message was stored.</summary>
    public void Stored()
    {
        if (Interlocked.Read(ref _refusedAt) != 0)
            Interlocked.Exchange(ref _refusedAt, 0);
    }

    /// <summary>Bytes that are left on the disk of a folder; null where that is not known.</summary>
    internal static long? RoomIn(string? folder)
    {
        try
        {
            // A file system keeps a part of itself for root alone.
            return folder is null ? null : Environment.IsPrivilegedProcess ? new DriveInfo(folder).TotalFreeSpace : new DriveInfo(folder).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // A share without a drive's name, or a folder that is gone: commits tell.
            return null;
        }
    }
}
