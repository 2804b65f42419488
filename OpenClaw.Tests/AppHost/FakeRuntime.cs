namespace OpenClaw.Tests.AppHost;

/// <summary>A folder with programs that are named like container runtimes and answer like them.</summary>
internal static class FakeRuntime
{
    /// <param name="folder">Where it is put.</param>
    /// <param name="client">For example <c>docker</c>.</param>
    /// <param name="exitCode">Of the list of containers: 0 = the engine answers. Null = it hangs.</param>
    public static void Install(string folder, string client, int? exitCode)
    {
        if (OperatingSystem.IsWindows())
        {
            File.WriteAllText(Path.Combine(folder, client + ".cmd"), exitCode is { } code ? $"@exit {code}\r\n" : ":again\r\n@goto again\r\n");
            return;
        }

        var file = Path.Combine(folder, client);
        File.WriteAllText(file, exitCode is { } status ? $"#!/bin/sh\n[ \"$*\" = 'container ls -n 1' ] && exit {status}\nexit 9\n" : "#!/bin/sh\nexec tail -f /dev/null\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
