using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>A Gateway or a Worker under test.</summary>
/// <param name="launch">How it is started.</param>
/// <param name="tracer">A command under which it runs; none = it runs alone.</param>
internal sealed class HostProcess(HostLaunch launch, IReadOnlyList<string>? tracer = null) : ServerProcess(launch.Name, launch.LogFile)
{
    // Not through the shell's environment: it drops names that are none to it, such as ConnectionStrings__openclaw-keys.
    protected override IReadOnlyList<string> Command =>
        [.. tracer ?? [], "/usr/bin/env", .. launch.Environment.Select(s => $"{s.Key}={s.Value}"), .. launch.Command];

    protected override string WorkingDirectory => Path.GetDirectoryName(launch.Command[^1]) is { Length: > 0 } folder ? folder : launch.Folder;

    // Under a tracer the program is the child.
    protected override bool HasChildren => tracer is not null;

    protected override IReadinessProbe OpenProbe() => new HealthProbe(new HttpConnection(launch.Address));

    protected override void Prepare(IDictionary<string, string?> environment)
    {
        foreach (var inherited in environment.Keys.Where(IsSetting).ToArray())
        {
            environment.Remove(inherited);
        }
    }

    // What the caller's shell happens to have set must not reach the program.
    private static bool IsSetting(string key) =>
        key.Contains("__", StringComparison.Ordinal)
        || key.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || key.Equals("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase);

    /// <summary>The first 200 of <c>/health</c>.</summary>
    private sealed class HealthProbe(HttpConnection connection) : IReadinessProbe
    {
        private static readonly byte[] Request = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray();

        public async Task<bool> IsReadyAsync(CancellationToken cancellationToken) => await connection.SendAsync(Request, cancellationToken) == 200;

        public void Dispose() => connection.Dispose();
    }
}
