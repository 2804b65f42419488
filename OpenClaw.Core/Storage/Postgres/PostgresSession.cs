using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Npgsql;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>
/// One connection with its prepared statements and at most one transaction. Not thread-safe: a writer or one reader owns it. What is
/// posted goes out with the next statement whose answer is wanted, so a unit costs a trip to the server for each of those and one for the
/// commit; the begin travels along with the first.
/// </summary>
internal sealed class PostgresSession : ISqlSession, IDisposable
{
    private const string BeginWriting = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    private const string BeginReading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    private const string BeginInOrder = "BEGIN ISOLATION LEVEL READ COMMITTED";
    private const string DoNotWaitForTheDisk = "SET LOCAL synchronous_commit TO OFF";

    /// <summary>After this time without an answer the connection may have ended: better found out before a commit is under way.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, PostgresText> _texts;
    private readonly Dictionary<string, PostgresStatement> _statements = new(SqlTextComparer.Instance);
    private readonly List<PostgresStatement> _outgoing = [];
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _batch;
    private bool _failed;
    private long _answeredAt = TimeProvider.System.GetTimestamp();

    /// <param name="connection">An open connection of its own.</param>
    /// <param name="texts">What is known of statements, shared by all connections to a database.</param>
    public PostgresSession(NpgsqlConnection connection, ConcurrentDictionary<string, PostgresText> texts)
    {
        _connection = connection;
        _texts = texts;
        _batch = connection.CreateBatch();
    }

    /// <summary>The connection can no longer be used.</summary>
    public bool IsBroken => _connection.FullState != ConnectionState.Open;

    /// <summary>How many answers this transaction had.</summary>
    public int Answers { get; private set; }

    /// <summary>From here on nobody can say whether a transaction whose connection breaks took place.</summary>
    public bool CommitSent { get; private set; }

    /// <summary>Begins a transaction that sees one snapshot; nothing is sent yet.</summary>
    /// <param name="durable">Whether its commit waits for the disk.</param>
    public void BeginWrite(bool durable)
    {
        Begin(BeginWriting);
        if (!durable)
            Post(DoNotWaitForTheDisk);
    }

    /// <summary>Begins to read one snapshot; nothing is sent yet.</summary>
    public void BeginRead() => Begin(BeginReading);

    /// <summary>
    /// Begins a transaction whose statements see what was committed before each of them, and may take as long as they need: for what waits
    /// for its turn first.
    /// </summary>
    public void BeginInTurn()
    {
        Begin(BeginInOrder);
        _batch.Timeout = 0;
        Post("SET LOCAL lock_timeout = 0");
        Post("SET LOCAL statement_timeout = 0");
        Post("SET LOCAL idle_in_transaction_session_timeout = 0");
    }

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var statement = Bind(sql, parameters);
        Add(statement);
        ExecuteBatch();
        return statement.Command.RecordsAffected;
    }

    public void Post(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Add(Bind(sql, parameters));

    public void Meet(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Post(sql, parameters);

    public List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var statement = Bind(sql, parameters);
        try
        {
            using var reader = ReadResultOf(statement);
            var rows = new List<T>();
            while (reader.Read())
                rows.Add(map(reader));
            return rows;
        }
        catch
        {
            _failed = true;
            throw;
        }
        finally
        {
            Clear();
        }
    }

    public T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var statement = Bind(sql, parameters);
        try
        {
            using var reader = ReadResultOf(statement);
            if (!reader.Read())
                return default;
            var first = map(reader);
            while (reader.Read())
            {
            }

            return first;
        }
        catch
        {
            _failed = true;
            throw;
        }
        finally
        {
            Clear();
        }
    }

    /// <summary>Commits what was done; a transaction that never sent anything is just forgotten.</summary>
    public void Commit()
    {
        if (_failed)
            throw new InvalidOperationException("A statement of the unit failed, and the unit went on as if it had not.");
        if (Answers == 0 && _outgoing.TrueForAll(static statement => IsOpening(statement)))
        {
            Clear();
            return;
        }

        if (Answers == 0 && TimeProvider.System.GetElapsedTime(_answeredAt) > Fresh)
            ExecuteBatch();
        Add(Bind("COMMIT", []));
        CommitSent = true;
        ExecuteBatch();
    }

    /// <summary>Undoes what was done. Never throws; a connection that cannot even do that is broken afterwards.</summary>
    public void Rollback()
    {
        Clear();
        if (IsBroken)
            return;
        try
        {
            using var rollback = new NpgsqlCommand("ROLLBACK", _connection);
            rollback.ExecuteNonQuery();
        }
        catch (Exception error) when (error is NpgsqlException or InvalidOperationException or IOException)
        {
            _connection.Close();
        }
    }

    public void Dispose()
    {
        _batch.Dispose();
        _connection.Dispose();
    }

    private void Begin(string sql)
    {
        Clear();
        (_failed, CommitSent, Answers) = (false, false, 0);
        _batch.Timeout = _connection.CommandTimeout;
        Post(sql);
    }

    private static bool IsOpening(PostgresStatement statement) =>
        statement.Command.CommandText is BeginWriting or BeginReading or BeginInOrder or DoNotWaitForTheDisk;

    private PostgresStatement Bind(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            if (!_texts.TryGetValue(sql, out var text))
                text = _texts[sql] = Describe(sql, parameters);
            statement = _statements[sql] = new PostgresStatement(text);
        }

        // Its values are still on their way: posted twice in a row.
        if (statement.IsPosted)
            ExecuteBatch();
        statement.Bind(parameters);
        return statement;
    }

    private PostgresText Describe(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        try
        {
            return PostgresText.Of(sql, parameters, _connection);
        }
        catch
        {
            _failed = true;
            throw;
        }
    }

    private void Add(PostgresStatement statement)
    {
        statement.IsPosted = true;
        _outgoing.Add(statement);
        _batch.BatchCommands.Add(statement.Command);
    }

    private void ExecuteBatch()
    {
        try
        {
            _batch.ExecuteNonQuery();
            Count();
        }
        catch
        {
            _failed = true;
            throw;
        }
        finally
        {
            Clear();
        }
    }

    /// <summary>Sends the statement with all that was posted and stands before the first row of its own result.</summary>
    private NpgsqlDataReader ReadResultOf(PostgresStatement statement)
    {
        var passedOver = _outgoing.Count(static posted => posted.ReturnsRows);
        Add(statement);
        var reader = _batch.ExecuteReader();
        Count();
        for (; passedOver > 0; passedOver--)
            reader.NextResult();
        return reader;
    }

    private void Count()
    {
        Answers++;
        _answeredAt = TimeProvider.System.GetTimestamp();
    }

    private void Clear()
    {
        foreach (var statement in _outgoing)
            statement.IsPosted = false;
        _outgoing.Clear();
        _batch.BatchCommands.Clear();
    }
}
