using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Postgres;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

/// <summary>A server of its own that goes away and comes back.</summary>
public sealed class PostgresOutageTests : IDisposable
{
    private static readonly CancellationToken Patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;
    private readonly PostgresServer _server;
    private readonly PostgresScratch _scratch;
    private readonly PostgresDatabase _database;

    public PostgresOutageTests()
    {
        // Skips where there is none.
        _ = PostgresServer.Shared;
        _server = new PostgresServer();
        _scratch = new PostgresScratch(_server);
        _scratch.Execute("CREATE TABLE notes (value TEXT NOT NULL UNIQUE)");
        _database = new PostgresDatabase(_scratch.Connections());
    }

    public void Dispose()
    {
        _database.Dispose();
        _server.Dispose();
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("KILL")]
    public async Task While_the_server_is_away_units_are_refused_together_and_when_it_is_back_they_are_taken_again(string signal)
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => InsertAsync("before " + i)));
        Count().ShouldBe(50);

        _server.Stop(signal);
        var refused = Enumerable.Range(0, 500).Select(i => InsertAsync("lost " + i)).ToList();
        foreach (var write in refused)
            (await Should.ThrowAsync<StorageUnavailableException>(write)).Failure.ShouldBe(StorageFailure.Unreachable);
        // Known to be away: nobody waits for the patience of another.
        for (var i = 0; i < 100; i++)
            (await Should.ThrowAsync<StorageUnavailableException>(InsertAsync("refused at once"))).Failure.ShouldBe(StorageFailure.Unreachable);
        Should.Throw<StorageUnavailableException>(() => Count()).Failure.ShouldBe(StorageFailure.Unreachable);
        _database.PendingWrites.ShouldBe(0);

        _server.Start();
        await Eventually.TrueAsync(() => TryInsertAsync("after").GetAwaiter().GetResult(), Patience);
        Count().ShouldBe(51);
        await InsertAsync("and on");
    }

    private async Task<bool> TryInsertAsync(string value)
    {
        try
        {
            await InsertAsync(value);
            return true;
        }
        catch (StorageUnavailableException)
        {
            return false;
        }
    }

    private Task<int> InsertAsync(string value) =>
        _database.WriteAsync(sql => sql.Execute("INSERT INTO notes (value) VALUES (@value) ON CONFLICT DO NOTHING", ("@value", value)), CancellationToken.None);

    private long Count() => _database.Read(sql => sql.QueryFirst("SELECT COUNT(*) FROM notes", row => row.GetInt64(0)));
}
