namespace OpenClaw.Worker.Skills.Commands;

/// <summary>Finds programs in fixed folders; the PATH of this process plays no part.</summary>
/// <param name="directories">Absolute, in order.</param>
internal sealed class ExecutableFinder(params IReadOnlyList<string> directories)
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Where programs of the system lie.</summary>
    public static ExecutableFinder System { get; } = new("/usr/local/bin", "/usr/bin", "/bin");

    /// <summary>Absolute path, or null when this machine has no such program.</summary>
    public string? Find(string name)
    {
        foreach (var directory in directories)
        {
            var path = Path.Combine(directory, name);
            if (File.Exists(path) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != UnixFileMode.None))
                return path;
        }

        return null;
    }

    /// <summary>
    /// Why the program at <paramref name="path"/> must not run although its name is allowed: it is a link to one that is never allowed
    /// (as <c>/usr/local/bin/report</c> to a shell). Null when it may.
    /// </summary>
    public static string? ReasonAgainst(string path)
    {
        var target = File.ResolveLinkTarget(path, returnFinalTarget: true);
        return target is null || RefusedExecutables.IsMultiCall(target.Name) ? null : RefusedExecutables.ReasonFor(target.Name);
    }
}
