namespace OpenClaw.AppHost.Levels;

/// <param name="Name">The client that was found, for example <c>docker</c>; null when there is none.</param>
/// <param name="Answers">Whether the engine behind it does; a client alone runs nothing.</param>
internal sealed record ContainerRuntime(string? Name, bool Answers)
{
    public static readonly ContainerRuntime None = new(null, Answers: false);
}
