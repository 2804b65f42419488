using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Storage;

/// <summary>Locks between processes of one kernel: an open file. .NET asks the kernel for an exclusive or a shared <c>flock</c> by how the file may be shared.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    /// <summary>Takes the lock or refuses the start.</summary>
    /// <exception cref="StartupException">With <paramref name="sentence"/>, when somebody has it.</exception>
    public static FileStream Take(string path, bool isShared, string sentence)
    {
        try
        {
            return Open(path, isShared);
        }
        catch (IOException error)
        {
            throw new StartupException(sentence, error);
        }
    }

    /// <summary>Waits for its turn: for what processes that start together must do one after the other.</summary>
    /// <exception cref="StartupException">With <paramref name="sentence"/>, when it takes longer than <paramref name="patience"/>.</exception>
    public static FileStream Wait(string path, TimeSpan patience, string sentence)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return Open(path, isShared: false);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(started) < patience)
            {
                Thread.Sleep(Pause);
            }
            catch (IOException error)
            {
                throw new StartupException(sentence, error);
            }
        }
    }

    private static FileStream Open(string path, bool isShared) => isShared
        ? new FileStream(path, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read)
        : new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
}
