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

    /// <summary>
    /// Runs a statement whose outcome nobody looks at. On its way to a server it travels with the next one, or with the commit, and fails there.
    /// </summary>
    void Post(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters);

    /// <summary>
    /// Where transactions run side by side: a statement that changes nothing and makes those meet at a row that would otherwise overlook
    /// each other (one checks what the other one changes). The later one waits, and runs again if the earlier one changed the row. Posted;
    /// not run at all where a unit has the database for itself.
    /// </summary>
    void Meet(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters);

    /// <summary>Maps every row of the result; also runs <c>INSERT/UPDATE ... RETURNING</c>.</summary>
    List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters);

    /// <summary>Maps the first row, or returns the default of <typeparamref name="T"/> when there is none.</summary>
    T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters);

    /// <summary>
    /// Like <see cref="Execute"/>, for an outcome that is looked at later: on its way to a server the statement travels with those that come
    /// after it, and fails there.
    /// </summary>
    Deferred<int> DeferExecute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => new(Execute(sql, parameters));

    /// <summary>Like <see cref="Query"/>, for rows that are looked at later.</summary>
    Deferred<List<T>> DeferQuery<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters) => new(Query(sql, map, parameters));

    /// <summary>Like <see cref="QueryFirst"/>, for a row that is looked at later.</summary>
    Deferred<T?> DeferFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters) => new(QueryFirst(sql, map, parameters));
}
