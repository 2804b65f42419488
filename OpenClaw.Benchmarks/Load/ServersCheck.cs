using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load;

/// <summary>Shows that Redis comes back empty and PostgreSQL with its data when they are killed, on the same port.</summary>
internal static class ServersCheck
{
    public static async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.Combine(options.DataFolder, "openclaw-load-" + Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            List<Measurement> figures = [];
            if (await InstalledAsync(RedisServerProcess.Missing))
            {
                figures.Add(new("redis: killed, back and empty, of 1", "", await RedisAsync(folder, cancellationToken) ? 1 : 0, new Goal("=", 1)));
            }

            if (await InstalledAsync(PostgresInstallation.Missing))
            {
                figures.Add(new("postgres: killed, back with its rows, of 1", "", await PostgresAsync(folder, cancellationToken) ? 1 : 0, new Goal("=", 1)));
            }

            return figures;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> InstalledAsync(string? missing)
    {
        if (missing is not null)
        {
            await Console.Error.WriteLineAsync("left out: " + missing);
        }

        return missing is null;
    }

    private static async Task<bool> RedisAsync(string folder, CancellationToken cancellationToken)
    {
        await using var redis = new RedisServerProcess(folder);
        await redis.CreateAsync(cancellationToken);
        var before = await SendAsync("SET", "key", "value");
        await redis.KillAsync();
        redis.Start();
        await redis.WaitReadyAsync(cancellationToken);
        var after = await SendAsync("GET", "key");
        return before is ["OK"] && after is [];

        async Task<IReadOnlyList<string>> SendAsync(params string[] command)
        {
            await using var connection = await RespConnection.OpenAsync(redis.Address, cancellationToken);
            return await connection.SendAsync(command, cancellationToken);
        }
    }

    private static async Task<bool> PostgresAsync(string folder, CancellationToken cancellationToken)
    {
        await using var postgres = new PostgresServerProcess(folder, tracksQueries: true);
        await postgres.CreateAsync(cancellationToken);
        await postgres.QueryAsync(PostgresServerProcess.MainDatabase, "CREATE TABLE kept AS SELECT 42 AS answer", cancellationToken);
        var counted = await postgres.QueryCountAsync(cancellationToken);
        await postgres.QueryAsync(PostgresServerProcess.MainDatabase, "SELECT answer FROM kept", cancellationToken);
        var countedMore = await postgres.QueryCountAsync(cancellationToken) > counted;
        await postgres.KillAsync();
        postgres.Start();
        await postgres.WaitReadyAsync(cancellationToken);
        var rows = await postgres.QueryAsync(PostgresServerProcess.MainDatabase, "SELECT answer FROM kept", cancellationToken);
        return countedMore && rows is [["42"]];
    }
}
