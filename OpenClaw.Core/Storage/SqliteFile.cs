using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace OpenClaw.Core.Storage;

/// <summary>
/// Whether the file under an open connection still is the one at its path. On Unix an open file can be deleted, moved or replaced: commits go on, into
/// a file that nobody finds again. SQLite itself asks this before a commit, but not with a write-ahead log.
/// </summary>
internal static class SqliteFile
{
    private const int HasMovedQuestion = 20;

    /// <summary>Two calls of the system; false where the file cannot be moved while it is open.</summary>
    public static bool HasMoved(SqliteConnection connection)
    {
        var moved = 0;
        return Control(connection.Handle!, "main", HasMovedQuestion, ref moved) == SQLitePCL.raw.SQLITE_OK && moved != 0;
    }

    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    private static extern int Control(SafeHandle connection, string database, int question, ref int answer);
}
