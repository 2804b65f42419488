using System.Text;
using NpgsqlTypes;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>The four types that our columns have, from the values that stores give.</summary>
internal static class PostgresValue
{
    private static readonly object One = 1L;
    private static readonly object Zero = 0L;

    /// <summary>The type; unknown for null.</summary>
    public static NpgsqlDbType TypeOf(object? value) => value switch
    {
        null => NpgsqlDbType.Unknown,
        long or int or bool => NpgsqlDbType.Bigint,
        string => NpgsqlDbType.Text,
        byte[] => NpgsqlDbType.Bytea,
        double => NpgsqlDbType.Double,
        _ => throw new ArgumentException($"A parameter is a {value.GetType().Name}; the columns are long, string, byte[] or double.", nameof(value)),
    };

    public static object Of(object? value) => value switch
    {
        null => DBNull.Value,
        string text => Storable(text),
        int number => (long)number,
        bool flag => flag ? One : Zero,
        _ => value,
    };

    /// <summary>PostgreSQL keeps no NUL and the driver writes no half of a surrogate pair; SQLite takes both.</summary>
    private static string Storable(string text)
    {
        var span = text.AsSpan();
        if (!span.Contains('\0') && !span.ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        var storable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            storable.Append((rune.Value == 0 ? Rune.ReplacementChar : rune).ToString());
        return storable.ToString();
    }
}
