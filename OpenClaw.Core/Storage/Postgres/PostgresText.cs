using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>
/// A statement as PostgreSQL takes it: <c>@name</c> is <c>$1</c>, and every parameter has the type it keeps, so that the prepared statement
/// fits whatever is null this time.
/// </summary>
/// <param name="Text">SQL with numbered parameters.</param>
/// <param name="Types">Types in the order of the numbers.</param>
/// <param name="Sources">For every number, which of the caller's parameters it is.</param>
internal sealed record PostgresText(string Text, NpgsqlDbType[] Types, int[] Sources)
{
    /// <param name="sql">Portable SQL.</param>
    /// <param name="parameters">The first parameters it is run with.</param>
    /// <param name="connection">Asked for the types of those that are null.</param>
    public static PostgresText Of(string sql, ReadOnlySpan<(string Name, object? Value)> parameters, NpgsqlConnection connection)
    {
        var text = new StringBuilder(sql.Length);
        var sources = new List<int>(parameters.Length);
        var quoted = false;
        for (var i = 0; i < sql.Length; i++)
        {
            if (sql[i] == '\'')
                quoted = !quoted;
            if (sql[i] != '@' || quoted)
            {
                text.Append(sql[i]);
                continue;
            }

            var end = i + 1;
            while (end < sql.Length && char.IsAsciiLetterOrDigit(sql[end]))
                end++;
            var source = IndexOf(sql.AsSpan(i, end - i), parameters);
            if (!sources.Contains(source))
                sources.Add(source);
            text.Append('$').Append(sources.IndexOf(source) + 1);
            i = end - 1;
        }

        var types = new NpgsqlDbType[sources.Count];
        var hasNull = false;
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = PostgresValue.TypeOf(parameters[sources[i]].Value);
            hasNull |= types[i] == NpgsqlDbType.Unknown;
        }

        if (hasNull)
            AskForTypes(sql, parameters, sources, types, connection);
        return new PostgresText(text.ToString(), types, [.. sources]);
    }

    private static int IndexOf(ReadOnlySpan<char> name, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        for (var i = 0; i < parameters.Length; i++)
        {
            if (name.SequenceEqual(parameters[i].Name))
                return i;
        }

        throw new ArgumentException($"The statement names {name}, which it was not given.", nameof(parameters));
    }

    private static void AskForTypes(
        string sql, ReadOnlySpan<(string Name, object? Value)> parameters, List<int> sources, NpgsqlDbType[] types, NpgsqlConnection connection)
    {
        using var probe = new NpgsqlCommand(sql, connection);
        NpgsqlCommandBuilder.DeriveParameters(probe);
        for (var i = 0; i < types.Length; i++)
        {
            if (types[i] == NpgsqlDbType.Unknown)
                types[i] = probe.Parameters[parameters[sources[i]].Name[1..]].NpgsqlDbType;
        }
    }
}
