using Npgsql;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>A statement of one connection, ready to be sent with new values.</summary>
internal sealed class PostgresStatement
{
    private readonly int[] _sources;

    public PostgresStatement(PostgresText text)
    {
        _sources = text.Sources;
        ReturnsRows = text.Text.StartsWith("SELECT", StringComparison.OrdinalIgnoreCase);
        Command = new NpgsqlBatchCommand(text.Text);
        foreach (var type in text.Types)
            Command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
    }

    public NpgsqlBatchCommand Command { get; }

    /// <summary>Whether its answer has rows that must be passed over when nobody reads them.</summary>
    public bool ReturnsRows { get; }

    /// <summary>In the batch that goes out next: its values are taken.</summary>
    public bool IsPosted { get; set; }

    public void Bind(ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        for (var i = 0; i < _sources.Length; i++)
            Command.Parameters[i].Value = PostgresValue.Of(parameters[_sources[i]].Value);
    }
}
