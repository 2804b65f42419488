namespace OpenClaw.Core.Storage;

/// <summary>
/// Tells one running kernel from another, and from itself before its restart. The shared memory of SQLite's log joins the processes of one
/// kernel only; containers on one machine are on one kernel.
/// </summary>
/// <param name="Value">Opaque.</param>
public sealed record KernelId(string Value)
{
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>The kernel that this process runs on; where there is no boot id, the machine's name.</summary>
    public static KernelId Current { get; } = new(File.Exists(BootFile) ? File.ReadAllText(BootFile).Trim() : Environment.MachineName);
}
