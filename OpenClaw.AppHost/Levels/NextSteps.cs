namespace OpenClaw.AppHost.Levels;

/// <summary>Sentences for what is missing. Each says what runs instead and what to do; what nobody asked for is not missed.</summary>
internal static class NextSteps
{
    private const string SetSecret = "dotnet user-secrets --project OpenClaw.AppHost set";

    public static IEnumerable<string> For(SystemLevel level, Machine machine, Switches switches)
    {
        if (switches.Highest > SystemLevel.Simulator && !machine.Containers.Answers)
        {
            yield return machine.Containers.Name is { } client
                ? $"{client} is installed but its engine does not answer, so only the Gateway with its simulator runs. Start the engine ({Start(client)}), then start this again."
                : "There is no container runtime, so only the Gateway with its simulator runs. For the whole system install Docker or Podman, then start this again.";
        }

        if (level == SystemLevel.Simulator && switches.Store == Store.Postgres)
            yield return "--Store=postgres needs the whole system; one process keeps its data in SQLite files.";
        if (level == SystemLevel.Simulator && switches.Model == ModelSource.Ollama)
        {
            yield return $"--Model=ollama needs a container runtime. An Ollama of your own is used with `{SetSecret} Parameters:{ParameterNames.AiEndpoint} http://localhost:11434/v1` "
                + $"and `Parameters:{ParameterNames.AiModel}`.";
        }

        if (!machine.HasModel && switches is { Highest: SystemLevel.Complete, Model: ModelSource.Server })
        {
            yield return $"No model is configured, so the offline brain answers. For a model: `{SetSecret} Parameters:{ParameterNames.AiApiKey} <key>`, or --Model=ollama for a local one.";
        }

        if (level > SystemLevel.Simulator && !machine.HasOwner)
            yield return $"Nobody is answered on WhatsApp yet, only the owner is allowed: `{SetSecret} Parameters:{ParameterNames.OwnerPhone} \"+<your number>\"`.";
    }

    private static string Start(string client) => client switch
    {
        "podman" => "podman machine start",
        _ when OperatingSystem.IsLinux() => "sudo systemctl start docker",
        _ => "open Docker Desktop",
    };
}
