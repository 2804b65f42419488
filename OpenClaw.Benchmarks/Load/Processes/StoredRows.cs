using System.Globalization;
using Microsoft.Data.Sqlite;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>Reads the system's main database from outside, beside its own processes.</summary>
/// <param name="postgres">The server, when it is PostgreSQL.</param>
/// <param name="sqliteFile">The file, when it is not.</param>
internal sealed class StoredRows(PostgresServerProcess? postgres, string sqliteFile)
{
    /// <summary>The rows of a query that both engines understand, each as the texts of its columns; null = an empty text.</summary>
    /// <exception cref="InvalidOperationException">The database is away, or its schema is another.</exception>
    public async Task<IReadOnlyList<string[]>> QueryAsync(string sql, CancellationToken cancellationToken) => postgres is null
        ? await QuerySqliteAsync(sql, cancellationToken)
        : await postgres.QueryAsync(PostgresServerProcess.MainDatabase, sql, cancellationToken);

    private async Task<IReadOnlyList<string[]>> QuerySqliteAsync(string sql, CancellationToken cancellationToken)
    {
        SQLitePCL.Batteries_V2.Init();
        try
        {
            await using var connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = sqliteFile, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            List<string[]> rows = [];
            while (await reader.ReadAsync(cancellationToken))
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)!)]);
            }

            return rows;
        }
        catch (SqliteException e)
        {
            throw new InvalidOperationException(e.Message, e);
        }
    }
}
