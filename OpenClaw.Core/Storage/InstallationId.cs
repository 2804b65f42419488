using System.Security.Cryptography;

namespace OpenClaw.Core.Storage;

/// <summary>
/// A short random name of this database, made by the first process that asks. What lies outside of the database carries it, so that
/// two installations on one server, or a server that outlived its database, never mix.
/// </summary>
internal sealed class InstallationId(IDatabase database)
{
    private const string Fact = "installation";

    /// <summary>12 hexadecimal digits.</summary>
    public string Value { get; } = Stored(database) ?? Make(database);

    private static string? Stored(IDatabase database) => database.Read(Find);

    private static string Make(IDatabase database)
    {
        var fresh = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
        return database.WriteAsync(
            sql =>
            {
                sql.Execute("INSERT INTO facts (name, value) VALUES (@name, @value) ON CONFLICT DO NOTHING", ("@name", Fact), ("@value", fresh));
                return Find(sql)!;
            },
            CancellationToken.None).GetAwaiter().GetResult();
    }

    private static string? Find(ISqlSession sql) =>
        sql.QueryFirst("SELECT value FROM facts WHERE name = @name", row => row.GetString(0), ("@name", Fact));
}
