namespace OpenClaw.Tests.Infrastructure;

/// <summary>Servers that tests start themselves. Where one is not installed its tests are skipped, except in CI on Linux, where that is a failure.</summary>
internal static class RealServers
{
    /// <summary>Whether a server that is not installed is a failure.</summary>
    public static bool MustBeHere => OperatingSystem.IsLinux() && string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase);

    /// <param name="program">Its file name, for example <c>redis-server</c>.</param>
    /// <param name="package">What Debian calls it.</param>
    /// <param name="folders">Where to look besides PATH.</param>
    /// <returns>Where it lies.</returns>
    public static string Find(string program, string package, params string[] folders)
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var found = path.Concat(["/usr/bin", "/usr/local/bin"]).Concat(folders).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
        if (found is not null)
            return found;
        MustBeHere.ShouldBeFalse($"CI has to have {program}: install the {package} package.");
        throw new SkipException($"{program} is not installed.");
    }
}
