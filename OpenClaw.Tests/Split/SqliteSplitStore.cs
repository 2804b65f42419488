using Microsoft.Data.Sqlite;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Split;

/// <summary>A data directory that all processes share. Somebody who holds the write lock takes it away.</summary>
internal sealed class SqliteSplitStore : SplitStore
{
    private readonly TemporaryFolder _folder = new();

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal) { ["Storage__DataDirectory"] = Path.Combine(_folder.Path, "data") };

    private string ConnectionString => $"Data Source={Path.Combine(_folder.Path, "data", "openclaw.db")}";

    public override IDatabase Open() => new SqliteDatabase(ConnectionString);

    public override async Task<IAsyncDisposable> BlockWritesAsync()
    {
        var connection = new SqliteConnection(ConnectionString + ";Pooling=False;Default Timeout=30");
        await connection.OpenAsync();
        await using var begin = connection.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        await begin.ExecuteNonQueryAsync();
        // Closing rolls back.
        return connection;
    }

    public override Task<IAsyncDisposable> TakeAwayAsync() => BlockWritesAsync();

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
