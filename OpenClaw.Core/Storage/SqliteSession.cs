using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace OpenClaw.Core.Storage;

/// <summary>One SQLite connection with its prepared statements. Not thread-safe: the writer thread or one reader owns it.</summary>
internal sealed class SqliteSession : ISqlSession, IDisposable
{
    private readonly Dictionary<string, SqliteCommand> _commands = new(SqlTextComparer.Instance);

    public SqliteSession(string connectionString)
    {
        Connection = new SqliteConnection(connectionString);
        Connection.Open();
    }

    public SqliteConnection Connection { get; }

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Command(sql, parameters).ExecuteNonQuery();

    public void Post(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Execute(sql, parameters);

    public void Meet(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        // The writer has the database for itself.
    }

    public List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Command(sql, parameters).ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(map(reader));
        return rows;
    }

    public T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var reader = Command(sql, parameters).ExecuteReader();
        if (!reader.Read())
            return default;

        // RETURNING: every row must be stepped through, or the statement is reset half-way.
        var first = map(reader);
        while (reader.Read())
        {
        }

        return first;
    }

    /// <summary>Runs transaction control past the driver, which would sleep 150 ms between tries on a busy database.</summary>
    public int Control(string sql) => SQLitePCL.raw.sqlite3_exec(Connection.Handle, sql);

    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        Connection.Dispose();
    }

    private SqliteCommand Command(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        ref var command = ref CollectionsMarshal.GetValueRefOrAddDefault(_commands, sql, out var exists);
        if (!exists)
        {
            command = Connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, _) in parameters)
                command.Parameters.Add(new SqliteParameter { ParameterName = name });
        }

        for (var i = 0; i < parameters.Length; i++)
            command!.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
        return command!;
    }
}
