namespace OpenClaw.Tests.Infrastructure;

/// <summary>What a fixture keeps its data in.</summary>
public enum Store
{
    /// <summary>Files in a folder of the fixture's own.</summary>
    Sqlite,

    /// <summary>Two databases of the shared server.</summary>
    Postgres,
}
