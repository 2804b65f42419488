namespace OpenClaw.Core.Storage;

/// <summary>Small facts that one start leaves for the next one.</summary>
public sealed class ProcessFacts(IDatabase database)
{
    private const string Running = "running";
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>
    /// Notes that the process runs and on which kernel. SQLite's shared memory only works on one; a process that finds another
    /// boot id knows that it is elsewhere.
    /// </summary>
    /// <returns>Whether the process before this one ended without saying so, and whether there was one at all.</returns>
    public async Task<(bool Unclean, bool First)> MarkStartedAsync(CancellationToken cancellationToken)
    {
        var boot = File.Exists(BootFile) ? (await File.ReadAllTextAsync(BootFile, cancellationToken)).Trim() : Environment.MachineName;
        return await database.WriteAsync(
            sql =>
            {
                var before = Read(sql, "state");
                Write(sql, "state", Running);
                Write(sql, "boot_id", boot);
                return (before == Running, before is null);
            },
            cancellationToken);
    }

    /// <summary>
    /// Notes a value that only the right index key gives, or compares it: with other keys nothing stored would be found again, and what waits
    /// could not be read.
    /// </summary>
    /// <returns>False when the data was written under other keys.</returns>
    public Task<bool> KeysFitAsync(byte[] check, CancellationToken cancellationToken)
    {
        var value = Convert.ToHexString(check);
        return database.WriteAsync(
            sql =>
            {
                if (Read(sql, "keys_check") is { } stored)
                    return stored == value;
                Write(sql, "keys_check", value);
                return true;
            },
            cancellationToken);
    }

    /// <summary>Notes a clean end.</summary>
    public Task MarkStoppedAsync(CancellationToken cancellationToken) => database.WriteAsync(
        sql =>
        {
            Write(sql, "state", "stopped");
            return true;
        },
        cancellationToken);

    /// <summary>SQLite's own check of the file; minutes on a large one, so it runs beside the work.</summary>
    /// <returns><c>ok</c>, or the first finding.</returns>
    public string CheckIntegrity() => database.Read(sql => sql.QueryFirst("PRAGMA quick_check(1)", row => row.GetString(0)))!;

    private static string? Read(ISqlSession sql, string name) =>
        sql.QueryFirst("SELECT value FROM facts WHERE name = @name", row => row.GetString(0), ("@name", name));

    private static void Write(ISqlSession sql, string name, string value) => sql.Execute(
        "INSERT INTO facts (name, value) VALUES (@name, @value) ON CONFLICT (name) DO UPDATE SET value = excluded.value", ("@name", name), ("@value", value));
}
