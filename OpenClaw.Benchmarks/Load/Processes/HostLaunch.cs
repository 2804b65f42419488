using System.Net;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>How a Gateway or a Worker under test is started: the same again after every kill.</summary>
/// <param name="Name">What reports call it, for example <c>gateway</c> or <c>worker-1</c>.</param>
/// <param name="Command">Executable and arguments.</param>
/// <param name="Address">Where it shall listen.</param>
/// <param name="Folder">Takes its log.</param>
/// <param name="Environment">Its settings in environment form.</param>
internal sealed record HostLaunch(
    string Name, IReadOnlyList<string> Command, IPEndPoint Address, string Folder, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The file that takes its standard output and error.</summary>
    public string LogFile => Path.Combine(Folder, Name + ".log");

    /// <summary>The command of a published program: a dll runs under the dotnet that runs us.</summary>
    public static IReadOnlyList<string> CommandOf(string path) => path.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
        ? [Path.GetFileNameWithoutExtension(System.Environment.ProcessPath) is "dotnet" ? System.Environment.ProcessPath! : "dotnet", path]
        : [path];
}
