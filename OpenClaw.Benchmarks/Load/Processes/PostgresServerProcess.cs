using System.Globalization;
using System.Net;
using System.Security.Cryptography;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>
/// A PostgreSQL cluster of our own with the server's defaults: <c>fsync</c> and <c>synchronous_commit</c> are on. It does not run as
/// root, so under root it runs as <c>postgres</c> or <c>nobody</c>.
/// </summary>
internal sealed class PostgresServerProcess : ServerProcess
{
    public const string MainDatabase = "openclaw";
    public const string KeysDatabase = "openclaw_keys";

    private const string User = "openclaw";

    private readonly IPEndPoint _address = LoopbackPorts.Next();
    private readonly string _password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private readonly string _folder;
    private readonly PostgresInstallation _installation;
    private readonly bool _tracksQueries;

    /// <param name="folder">The run's folder.</param>
    /// <param name="tracksQueries">Whether to count queries, where the extension for it is installed; it costs a little.</param>
    public PostgresServerProcess(string folder, bool tracksQueries)
        : base("postgres", Path.Combine(folder, "postgres.log"))
    {
        _folder = Path.Combine(folder, "postgres");
        _installation = PostgresInstallation.Find();
        _tracksQueries = tracksQueries && _installation.HasStatements;
    }

    protected override IReadOnlyList<string> Command =>
    [
        .. _installation.Command("postgres"), "-D", Cluster, "-p", Port, "-c", "listen_addresses=127.0.0.1", "-c", $"unix_socket_directories={_folder}",
        .. _tracksQueries ? (string[])["-c", "shared_preload_libraries=pg_stat_statements", "-c", "pg_stat_statements.track_utility=off"] : [],
    ];

    protected override string WorkingDirectory => "/";

    protected override bool HasChildren => true;

    // Immediate: it also takes its shared memory away, which a kill -9 leaves behind.
    protected override string StopSignal => "QUIT";

    private string Cluster => Path.Combine(_folder, "cluster");

    private string Port => _address.Port.ToString(CultureInfo.InvariantCulture);

    public string ConnectionString(string database) =>
        $"Host={_address.Address};Port={Port};Database={database};Username={User};Password={_password}";

    /// <summary>Makes the cluster, starts it and makes both databases.</summary>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await _installation.MakeFolderAsync(_folder, cancellationToken);
        var passwordFile = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(passwordFile, _password, cancellationToken);
        if (!OperatingSystem.IsWindows())
        {
            // The other account reads it; the folder lets nobody else in.
            File.SetUnixFileMode(passwordFile, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }

        await CommandRun.OutputAsync(
            [.. _installation.Command("initdb"), "-D", Cluster, "-U", User, "--auth=scram-sha-256", "--pwfile=" + passwordFile, "--encoding=UTF8", "--locale=C"],
            cancellationToken);
        Start();
        await WaitReadyAsync(cancellationToken);
        await QueryAsync("postgres", $"CREATE DATABASE {MainDatabase}", cancellationToken);
        await QueryAsync("postgres", $"CREATE DATABASE {KeysDatabase}", cancellationToken);
        if (_tracksQueries)
        {
            await QueryAsync("postgres", "CREATE EXTENSION pg_stat_statements", cancellationToken);
        }
    }

    /// <summary>The rows of a query, each as the texts of its columns; null = an empty text.</summary>
    /// <exception cref="InvalidOperationException">The server is away or refuses the query.</exception>
    public async Task<IReadOnlyList<string[]>> QueryAsync(string database, string sql, CancellationToken cancellationToken)
    {
        var output = await CommandRun.OutputAsync(
            [_installation.PathOf("psql"), "-X", "-q", "-A", "-t", "-h", "127.0.0.1", "-p", Port, "-U", User, "-d", database, "-c", sql],
            cancellationToken,
            ("PGPASSWORD", _password));
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('|'))];
    }

    /// <summary>What of the Gateway's and Workers' work is counted: queries where the extension is installed, else committed transactions.</summary>
    public string CountsWhat => _tracksQueries ? "queries" : "transactions";

    /// <summary>Queries (or transactions) of both databases since the server's start; ours run in a third one.</summary>
    public async Task<long> QueryCountAsync(CancellationToken cancellationToken)
    {
        var rows = await QueryAsync(
            "postgres",
            _tracksQueries
                ? $"SELECT COALESCE(SUM(s.calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname IN ('{MainDatabase}', '{KeysDatabase}')"
                : $"SELECT SUM(xact_commit) FROM pg_stat_database WHERE datname IN ('{MainDatabase}', '{KeysDatabase}')",
            cancellationToken);
        return long.Parse(rows[0][0], CultureInfo.InvariantCulture);
    }

    protected override IReadinessProbe OpenProbe() => new QueryProbe(this);

    private sealed class QueryProbe(PostgresServerProcess server) : IReadinessProbe
    {
        public async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
        {
            try
            {
                await server.QueryAsync("postgres", "SELECT 1", cancellationToken);
                return true;
            }
            catch (InvalidOperationException)
            {
                // Not listening, or still recovering from a kill.
                return false;
            }
        }

        public void Dispose()
        {
        }
    }
}
