namespace OpenClaw.AppHost.Levels;

/// <summary>Where the data lies.</summary>
internal enum Store
{
    /// <summary>Files that all processes of one machine share.</summary>
    Sqlite,

    /// <summary>A server in a container: the processes may run on any machine.</summary>
    Postgres,

    /// <summary>A server that exists already: its two connection strings are asked for.</summary>
    External,
}

/// <summary>Where answers come from.</summary>
internal enum ModelSource
{
    /// <summary>A server that speaks OpenAI's protocol, by key or by address.</summary>
    Server,

    /// <summary>Ollama in a container beside the others.</summary>
    Ollama,
}

/// <summary>What a publish writes.</summary>
internal enum PublishTarget
{
    /// <summary>Aspire's manifest, which azd reads.</summary>
    Manifest,

    /// <summary>A compose file.</summary>
    Compose,

    /// <summary>A Helm chart.</summary>
    Kubernetes,
}
