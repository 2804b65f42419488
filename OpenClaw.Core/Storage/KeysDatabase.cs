namespace OpenClaw.Core.Storage;

/// <summary>The second database: wrapped data keys and tombstones, kept and backed up apart from what they protect.</summary>
public sealed class KeysDatabase(IDatabase database) : IDisposable
{
    /// <summary>The database itself.</summary>
    public IDatabase Database { get; } = database;

    /// <inheritdoc />
    public void Dispose() => (Database as IDisposable)?.Dispose();
}
