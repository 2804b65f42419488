using OpenClaw.Core.Storage.Postgres;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>An empty database of a test's own, gone after it.</summary>
internal sealed class PostgresScratch : IDisposable
{
    private static int _made;
    private readonly PostgresServer _server;

    public PostgresScratch(PostgresServer? server = null)
    {
        _server = server ?? PostgresServer.Shared;
        _server.Execute("postgres", $"CREATE DATABASE {Name} STRATEGY FILE_COPY");
    }

    public string Name { get; } = $"scratch_{Interlocked.Increment(ref _made)}";

    public string ConnectionString => _server.ConnectionString(Name);

    public PostgresConnections Connections() => new(PostgresAddress.Parse("openclaw", ConnectionString));

    /// <summary>From a connection of its own.</summary>
    public void Execute(string sql) => _server.Execute(Name, sql);

    /// <summary>From a connection of its own: the first column of the first row as a number.</summary>
    public long Number(string sql)
    {
        using var connection = _server.Connect(Name);
        using var command = new Npgsql.NpgsqlCommand(sql, connection);
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Ends other sessions in this database as an administrator does.</summary>
    public void Terminate(string which = "TRUE") => Execute(
        $"SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE datname = '{Name}' AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND {which}");

    public void Dispose() => _server.Execute("postgres", $"DROP DATABASE IF EXISTS {Name} WITH (FORCE)");
}
