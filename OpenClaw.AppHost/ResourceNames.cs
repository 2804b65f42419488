namespace OpenClaw.AppHost;

/// <summary>What the resources are called: in the dashboard, in published files, as host names between containers, and in tests.</summary>
internal static class ResourceNames
{
    public const string Level = "level";
    public const string Gateway = "gateway";
    public const string Worker = "worker";
    public const string Redis = "redis";
    public const string Waha = "waha";
    public const string Postgres = "postgres";
    public const string Ollama = "ollama";
    public const string OllamaPull = "ollama-pull";

    /// <summary>The endpoint of everything that speaks HTTP.</summary>
    public const string Http = "http";

    /// <summary>Connection string and, with PostgreSQL, database: <c>ConnectionStrings__openclaw</c>.</summary>
    public const string Database = "openclaw";

    /// <summary>Connection string and, with PostgreSQL, database of the data keys: <c>ConnectionStrings__openclaw-keys</c>.</summary>
    public const string KeysDatabase = "openclaw-keys";

    public const string Compose = "compose";
    public const string Kubernetes = "k8s";
}
