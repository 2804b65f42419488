using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Migrations;
using OpenClaw.Core.Storage.Postgres;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class PostgresMigrationTests : MigrationContract
{
    private readonly PostgresScratch _scratch = new();
    private readonly PostgresDatabase _database;

    public PostgresMigrationTests() => _database = new PostgresDatabase(_scratch.Connections());

    protected override IDatabase Database => _database;

    protected override IReadOnlyList<int> CopiedSchemas => [];

    private protected override void Apply(params Migration[] migrations) => ApplyAsAnotherProcess(migrations);

    private protected override void ApplyAsAnotherProcess(params Migration[] migrations) => Migrator.Apply(new PostgresSchema(_scratch.Connections()), migrations);

    private protected override List<string> StepsOfFresh(IReadOnlyList<Migration> migrations)
    {
        using var fresh = new PostgresScratch();
        Migrator.Apply(new PostgresSchema(fresh.Connections()), migrations);
        using var database = new PostgresDatabase(fresh.Connections());
        return Steps(database);
    }

    protected override void Dispose(bool disposing)
    {
        _database.Dispose();
        _scratch.Dispose();
    }
}
