namespace OpenClaw.Core.Storage;

/// <summary>
/// Whether commits are refused because there is no space. The databases know when one was; that there is room again is proven by storing as much as
/// the largest message needs: what is small still fits where a message does not. Where the files are this machine's, the room that is left is seen before.
/// </summary>
public sealed class FullDisk
{
    /// <summary>The largest webhook, and what is written of it: with less room some message is refused.</summary>
    internal const long LeastRoom = 2 * 1024 * 1024;

    private const int LargestMessage = 1024 * 1024;

    private readonly IDatabase _database;
    private readonly Func<long> _refusals;
    private readonly Func<long?> _room;
    private long _answered;

    /// <summary>Looks at what both databases refused, and at the disk of the SQLite files, if it is those that are used.</summary>
    public FullDisk(IDatabase database, KeysDatabase keys, Deployment deployment, DataDirectory directory)
        : this(database, () => database.RefusedForSpace + keys.Database.RefusedForSpace, () => RoomIn(deployment.DatabaseFolder(directory)))
    {
    }

    /// <param name="database">Where room is looked for.</param>
    /// <param name="refusals">Commits that were refused so far.</param>
    /// <param name="room">Bytes that are left; null where that is not known.</param>
    internal FullDisk(IDatabase database, Func<long> refusals, Func<long?> room) => (_database, _refusals, _room) = (database, refusals, room);

    /// <summary>Whether the next message may be refused: there is less room than the largest needs.</summary>
    public bool IsShort => _room() < LeastRoom;

    /// <summary>Whether something was refused, and there still is no room. Only after a refusal it writes, and deletes, as much as the largest message.</summary>
    /// <exception cref="StorageUnavailableException">It cannot be told: the database cannot be used for another reason.</exception>
    public async Task<bool> IsFullAsync(CancellationToken cancellationToken)
    {
        // Those of the proof itself, and what is refused beside it, are not answered by it.
        var refusals = _refusals();
        if (refusals == Interlocked.Read(ref _answered))
            return false;
        if (IsShort)
            return true;
        try
        {
            await ProveRoomAsync(cancellationToken);
        }
        catch (StorageUnavailableException error) when (error.Failure == StorageFailure.DiskFull)
        {
            return true;
        }

        Interlocked.Exchange(ref _answered, refusals);
        return false;
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

    /// <summary>Committed, because a file system may take what is never synced; random, because a server compresses what repeats. A row of a process that was killed on the way is replaced.</summary>
    private async Task ProveRoomAsync(CancellationToken cancellationToken)
    {
        var filler = Convert.ToBase64String(Filler(LargestMessage * 3 / 4));
        await _database.WriteAsync(
            sql => sql.Execute("INSERT INTO facts (name, value) VALUES ('room', @filler) ON CONFLICT (name) DO UPDATE SET value = excluded.value", ("@filler", filler)), cancellationToken);
        await _database.WriteAsync(sql => sql.Execute("DELETE FROM facts WHERE name = 'room'"), cancellationToken);
    }

    private static byte[] Filler(int length)
    {
        var bytes = new byte[length];
        Random.Shared.NextBytes(bytes);
        return bytes;
    }
}
