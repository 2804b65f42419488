using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using Npgsql;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>
/// One connection with its prepared statements and at most one transaction. Not thread-safe: a writer or one reader owns it. Statements
/// gather until an answer is wanted; then all of them travel to the server at once, and the commit travels with the last ones.
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
    private readonly List<Outgoing> _outgoing = [];
    private readonly NpgsqlConnection _connection;
    private readonly NpgsqlBatch _batch;
    private bool _isTransaction;
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

    /// <summary>How many trips to the server this transaction, or this read, has made.</summary>
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

    /// <summary>Begins to read without a transaction: no trip to the server is needed to end it, and every query sees the last commit.</summary>
    public void BeginSingleReads() => Reset();

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

    public int Execute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => DeferExecute(sql, parameters).Value;

    public void Post(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Add(sql, null, parameters);

    public void Meet(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) => Post(sql, parameters);

    public List<T> Query<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters) => DeferQuery(sql, map, parameters).Value;

    public T? QueryFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters) => DeferFirst(sql, map, parameters).Value;

    public Deferred<int> DeferExecute(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var answer = new ChangedRows(Send);
        Add(sql, answer, parameters);
        return answer.Count;
    }

    public Deferred<List<T>> DeferQuery<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var answer = new AllRows<T>(map, Send);
        Add(sql, answer, parameters);
        return answer.Rows;
    }

    public Deferred<T?> DeferFirst<T>(string sql, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var answer = new FirstRow<T>(map, Send);
        Add(sql, answer, parameters);
        return answer.Row;
    }

    /// <summary>Commits what was done; a transaction that never sent anything is just forgotten.</summary>
    public void Commit()
    {
        if (_failed)
            throw new InvalidOperationException("A statement of the unit failed, and the unit went on as if it had not.");
        if (Answers == 0 && _outgoing.TrueForAll(static sent => sent.Command.CommandText is BeginWriting or BeginReading or BeginInOrder or DoNotWaitForTheDisk))
        {
            Clear();
            return;
        }

        if (_isTransaction)
        {
            if (Answers == 0 && TimeProvider.System.GetElapsedTime(_answeredAt) > Fresh)
                Send();
            Post("COMMIT");
            CommitSent = true;
        }

        if (_outgoing.Count > 0)
            Send();
    }

    /// <summary>Undoes what was done. Never throws; a connection that cannot even do that is broken afterwards.</summary>
    public void Rollback()
    {
        Clear();
        if (IsBroken || !_isTransaction)
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
        Reset();
        _isTransaction = true;
        Post(sql);
    }

    private void Reset()
    {
        Clear();
        (_isTransaction, _failed, CommitSent, Answers) = (false, false, false, 0);
        _batch.Timeout = _connection.CommandTimeout;
    }

    private void Add(string sql, PostgresAnswer? answer, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            if (!_texts.TryGetValue(sql, out var text))
                text = _texts[sql] = Describe(sql, parameters);
            statement = _statements[sql] = new PostgresStatement(text);
        }

        var command = statement.Bind(parameters);
        _outgoing.Add(new Outgoing(statement, command, answer));
        _batch.BatchCommands.Add(command);
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

    /// <summary>Sends all that gathered and hands out the answers.</summary>
    private void Send()
    {
        if (_outgoing.Count == 0)
            return;
        try
        {
            using (var reader = _batch.ExecuteReader())
            {
                Answers++;
                _answeredAt = TimeProvider.System.GetTimestamp();
                ReadAll(reader);
            }

            foreach (var sent in _outgoing)
                sent.Answer?.Complete(sent.Command.RecordsAffected);
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

    private void ReadAll(NpgsqlDataReader reader)
    {
        var isFirst = true;
        foreach (var sent in _outgoing.Where(static sent => sent.Statement.ReturnsRows))
        {
            if (!isFirst)
                reader.NextResult();
            isFirst = false;
            sent.Answer?.Read(reader);
        }

        // What comes after the last rows may have failed.
        while (reader.NextResult())
        {
        }
    }

    private void Clear()
    {
        foreach (var sent in _outgoing)
            sent.Statement.Return();
        _outgoing.Clear();
        _batch.BatchCommands.Clear();
    }

    private readonly record struct Outgoing(PostgresStatement Statement, NpgsqlBatchCommand Command, PostgresAnswer? Answer);
}
