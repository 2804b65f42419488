namespace OpenClaw.Tests.Infrastructure;

/// <summary>How the product is put together: what one process does, several do as well.</summary>
public enum Setup
{
    /// <summary>One process that does everything, over SQLite.</summary>
    AllInOne,

    /// <summary>Gateway and Worker with Redis between them, over SQLite files that both use.</summary>
    SplitSqlite,

    /// <summary>Gateway and Worker with Redis between them, over PostgreSQL.</summary>
    SplitPostgres,
}
