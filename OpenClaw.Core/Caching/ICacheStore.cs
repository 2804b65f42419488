namespace OpenClaw.Core.Caching;

/// <summary>Where cache entries lie. Sees opaque names and ciphertext only; every entry ends by itself.</summary>
internal interface ICacheStore
{
    /// <summary>The entry, or null: unknown, ended, or the store does not answer.</summary>
    Task<byte[]?> GetAsync(string owner, string entry, CancellationToken cancellationToken);

    /// <summary>Keeps an entry; where the owner has <paramref name="most"/> already, the one that ends first goes.</summary>
    Task SetAsync(string owner, string entry, byte[] value, TimeSpan lifetime, int most, CancellationToken cancellationToken);

    /// <summary>Forgets all entries of an owner.</summary>
    /// <returns>False when the store did not answer.</returns>
    Task<bool> RemoveAsync(string owner, CancellationToken cancellationToken);
}
