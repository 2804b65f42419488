using OpenClaw.Core.Integrations;
using OpenClaw.Core.Storage.Postgres;

namespace OpenClaw.Core.Storage;

/// <summary>How the database is called, as operators are shown it. The bounds are its own: nothing here is set twice.</summary>
internal static class DatabasePolicy
{
    /// <summary>Of files the write lock is all that is waited for; of a server connections, answers and rows, and what met another transaction is run again.</summary>
    public static CallPolicy Of(Deployment deployment) => deployment.UsesServer
        ? new CallPolicy(
            IntegrationKind.Database,
            [new("connect", PostgresAddress.ConnectTimeout), new("command", PostgresAddress.CommandTimeout), new("lock", PostgresConnections.LockTimeout)],
            [PostgresWriter.Repeats])
        : new CallPolicy(IntegrationKind.Database, [new("lock", SqliteDatabase.LockPatience)], []);
}
