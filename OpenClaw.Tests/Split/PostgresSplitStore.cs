using Npgsql;
using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Postgres;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Split;

/// <summary>Two databases of a real server, and a data directory for people's files. A server of its own may be taken away.</summary>
internal sealed class PostgresSplitStore : SplitStore
{
    private readonly TemporaryFolder _folder = new();
    private readonly PostgresServer? _own;
    private readonly PostgresDatabases? _shared;

    /// <param name="ownServer">For a test that stops it.</param>
    public PostgresSplitStore(bool ownServer)
    {
        if (!ownServer)
        {
            _shared = new PostgresDatabases();
            return;
        }

        _own = new PostgresServer();
        _own.Execute("postgres", "CREATE DATABASE openclaw");
        _own.Execute("postgres", "CREATE DATABASE keys");
    }

    public override IReadOnlyDictionary<string, string> Settings => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["Storage__DataDirectory"] = Path.Combine(_folder.Path, "data"),
        ["ConnectionStrings__openclaw"] = Main,
        ["ConnectionStrings__openclaw-keys"] = _own?.ConnectionString("keys") ?? _shared!.Keys,
    };

    private string Main => _own?.ConnectionString("openclaw") ?? _shared!.Main;

    public override IDatabase Open() => new PostgresDatabase(new PostgresConnections(PostgresAddress.Parse("openclaw", Main)), 1, 1);

    public override async Task<IAsyncDisposable> BlockWritesAsync()
    {
        var connection = new NpgsqlConnection(Main + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN; LOCK TABLE lanes IN EXCLUSIVE MODE", connection);
        await command.ExecuteNonQueryAsync();
        // Closing rolls back.
        return connection;
    }

    public override Task<IAsyncDisposable> TakeAwayAsync()
    {
        _own!.Stop("QUIT");
        return Task.FromResult<IAsyncDisposable>(new Comeback(_own));
    }

    public override ValueTask DisposeAsync()
    {
        _own?.Dispose();
        _shared?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed class Comeback(PostgresServer server) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            server.Start();
            return ValueTask.CompletedTask;
        }
    }
}
