namespace OpenClaw.Tests.Infrastructure;

/// <summary>A folder of its own that is gone after the test.</summary>
public sealed class ScratchFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("openclaw-core-").FullName;

    public string File(string name) => Path.Combine(Root, name);

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
