using System.Data.Common;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>What becomes of a statement's answer when the trip to the server is over.</summary>
internal abstract class PostgresAnswer
{
    /// <summary>Reads the rows of a statement that returns some.</summary>
    public virtual void Read(DbDataReader reader)
    {
    }

    /// <summary>Every statement of the trip was answered.</summary>
    /// <param name="changed">Rows that the statement changed.</param>
    public virtual void Complete(int changed)
    {
    }
}

internal sealed class ChangedRows(Action send) : PostgresAnswer
{
    public Deferred<int> Count { get; } = new(send);

    public override void Complete(int changed) => Count.Answer(changed);
}

internal sealed class AllRows<T>(Func<DbDataReader, T> map, Action send) : PostgresAnswer
{
    private readonly List<T> _rows = [];

    public Deferred<List<T>> Rows { get; } = new(send);

    public override void Read(DbDataReader reader)
    {
        while (reader.Read())
            _rows.Add(map(reader));
    }

    public override void Complete(int changed) => Rows.Answer(_rows);
}

internal sealed class FirstRow<T>(Func<DbDataReader, T> map, Action send) : PostgresAnswer
{
    private T? _row;

    public Deferred<T?> Row { get; } = new(send);

    public override void Read(DbDataReader reader)
    {
        if (reader.Read())
            _row = map(reader);
        while (reader.Read())
        {
        }
    }

    public override void Complete(int changed) => Row.Answer(_row);
}
