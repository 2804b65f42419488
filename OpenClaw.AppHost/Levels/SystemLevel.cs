namespace OpenClaw.AppHost.Levels;

/// <summary>How much of the system runs; each level adds to the one before it.</summary>
internal enum SystemLevel
{
    /// <summary>The Gateway alone, with the built-in simulator in place of WhatsApp. Needs nothing.</summary>
    Simulator = 1,

    /// <summary>Gateway, Workers, Redis and a real WAHA; the offline brain answers. Needs a container runtime.</summary>
    OfflineBrain = 2,

    /// <summary>The same with a model. Needs a key of one, the address of one, or Ollama.</summary>
    Complete = 3,
}
