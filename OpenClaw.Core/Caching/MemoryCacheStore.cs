namespace OpenClaw.Core.Caching;

/// <summary>For one process. Bounded in bytes: who was not asked for longest goes first, with everything that is kept for him.</summary>
internal sealed class MemoryCacheStore(TimeProvider time, long maxBytes = MemoryCacheStore.DefaultMaxBytes) : ICacheStore
{
    public const long DefaultMaxBytes = 32 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<OwnedEntries>> _owners = new(StringComparer.Ordinal);

    /// <summary>Last used first.</summary>
    private readonly LinkedList<OwnedEntries> _used = [];
    private long _bytes;

    /// <inheritdoc />
    public Task<byte[]?> GetAsync(string owner, string entry, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_owners.TryGetValue(owner, out var node) || !node.Value.Entries.TryGetValue(entry, out var kept))
                return Task.FromResult<byte[]?>(null);
            if (kept.EndsAt <= time.GetUtcNow())
            {
                Remove(node, entry);
                return Task.FromResult<byte[]?>(null);
            }

            Touch(node);
            return Task.FromResult<byte[]?>(kept.Value);
        }
    }

    /// <inheritdoc />
    public Task SetAsync(string owner, string entry, byte[] value, TimeSpan lifetime, int most, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (!_owners.TryGetValue(owner, out var node))
                _owners[owner] = node = _used.AddFirst(new OwnedEntries(owner));
            var entries = node.Value.Entries;
            if (entries.TryGetValue(entry, out var before))
                _bytes -= before.Value.Length;
            else if (entries.Count >= most)
                Remove(node, entries.MinBy(kept => kept.Value.EndsAt).Key);
            entries[entry] = new Kept(value, time.GetUtcNow() + lifetime);
            _bytes += value.Length;
            // The last one out may have been the owner's only other entry.
            if (node.List is null)
                _owners[owner] = node = _used.AddFirst(node.Value);
            Touch(node);
            while (_bytes > maxBytes && _used.Last is { } longest)
                Remove(longest);
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public Task<bool> RemoveAsync(string owner, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_owners.TryGetValue(owner, out var node))
                Remove(node);
        }

        return Task.FromResult(true);
    }

    private void Touch(LinkedListNode<OwnedEntries> node)
    {
        _used.Remove(node);
        _used.AddFirst(node);
    }

    private void Remove(LinkedListNode<OwnedEntries> node, string entry)
    {
        if (node.Value.Entries.Remove(entry, out var kept))
            _bytes -= kept.Value.Length;
        if (node.Value.Entries.Count == 0)
            Remove(node);
    }

    private void Remove(LinkedListNode<OwnedEntries> node)
    {
        _bytes -= node.Value.Entries.Values.Sum(kept => (long)kept.Value.Length);
        _owners.Remove(node.Value.Owner);
        _used.Remove(node);
    }

    private sealed record OwnedEntries(string Owner)
    {
        public Dictionary<string, Kept> Entries { get; } = new(StringComparer.Ordinal);
    }

    private readonly record struct Kept(byte[] Value, DateTimeOffset EndsAt);
}
