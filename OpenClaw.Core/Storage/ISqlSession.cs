using System.Data.Common;

namespace OpenClaw.Core.Storage;

/// <summary>
/// Statements on one connection, inside one transaction (writes) or one snapshot (reads). Statements are prepared once per
/// connection and reused: the same SQL text must always be given its parameters in the same order.
/// </summary>
public interface ISqlSession
{
    /// <summary>Runs a statement and returns the number of rows it changed.</summary>
    int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters);

    /// <summary>Maps every row of the result; also runs <c>INSERT/UPDATE ... RETURNING</c>.</summary>
    List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters);

    /// <summary>Maps the first row, or returns the default of <typeparamref name="T"/> when there is none.</summary>
    T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters);
}
