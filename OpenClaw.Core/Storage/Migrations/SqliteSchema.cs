namespace OpenClaw.Core.Storage.Migrations;

/// <summary>A SQLite file as something to migrate; before data is touched the file is copied.</summary>
/// <param name="database">The file.</param>
/// <param name="copy">Where the copy of a schema's data goes.</param>
internal sealed class SqliteSchema(IDatabase database, Func<int, string> copy) : ISchemaEngine
{
    public string Dialect(string statement) => statement
        .Replace("{id}", "INTEGER PRIMARY KEY", StringComparison.Ordinal)
        .Replace("{blob}", "BLOB", StringComparison.Ordinal);

    public T InTurn<T>(Func<ISqlSession, T> unit) => database.WriteAsync(unit, CancellationToken.None).GetAwaiter().GetResult();

    public void KeepCopy(int number)
    {
        var file = copy(number);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(file);
        database.Read(sql =>
        {
            // VACUUM runs outside of a transaction only, and a read is one.
            sql.Execute("COMMIT");
            return sql.Execute("VACUUM INTO @file", ("@file", file));
        });
    }
}
