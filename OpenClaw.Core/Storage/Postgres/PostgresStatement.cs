using Npgsql;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>A statement of one connection: as many copies as ever travelled together, each ready to be sent with new values.</summary>
internal sealed class PostgresStatement(PostgresText text)
{
    private readonly List<NpgsqlBatchCommand> _copies = [];
    private int _travelling;

    /// <summary>Whether its answer has rows that must be passed over when nobody reads them.</summary>
    public bool ReturnsRows { get; } =
        text.Text.StartsWith("SELECT", StringComparison.OrdinalIgnoreCase) || text.Text.Contains("RETURNING", StringComparison.OrdinalIgnoreCase);

    /// <summary>A copy that is not on its way, with these values.</summary>
    public NpgsqlBatchCommand Bind(ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (_travelling == _copies.Count)
            _copies.Add(Copy());
        var command = _copies[_travelling++];
        for (var i = 0; i < text.Sources.Length; i++)
            command.Parameters[i].Value = PostgresValue.Of(parameters[text.Sources[i]].Value);
        return command;
    }

    /// <summary>The trip is over.</summary>
    public void Return() => _travelling = 0;

    private NpgsqlBatchCommand Copy()
    {
        var command = new NpgsqlBatchCommand(text.Text);
        foreach (var type in text.Types)
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
        return command;
    }
}
