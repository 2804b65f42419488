using System.Security.Cryptography;
using OpenClaw.Core.People;
using OpenClaw.Core.Security;

namespace OpenClaw.Core.Caching;

/// <summary>Encrypts, names and bounds what goes into the store.</summary>
internal sealed class PersonCache(ICacheStore store, KeyRing keys) : IPersonCache
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxEntries = 64;
    private static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(1);

    /// <inheritdoc />
    public async Task<byte[]?> GetAsync(PersonScope person, string name, CancellationToken cancellationToken)
    {
        var (owner, entry) = (Owner(person.Person), Entry(person.Person, name));
        if (await store.GetAsync(owner, entry, cancellationToken) is not { } cipher)
            return null;
        try
        {
            return keys.Decrypt(person.Key, Purpose(owner, entry), cipher);
        }
        catch (CryptographicException)
        {
            // The key was destroyed, or the person has another one since a merge.
            return null;
        }
    }

    /// <inheritdoc />
    public Task SetAsync(PersonScope person, string name, ReadOnlyMemory<byte> value, TimeSpan lifetime, CancellationToken cancellationToken)
    {
        if (value.Length > MaxBytes || lifetime <= TimeSpan.Zero)
            return Task.CompletedTask;
        var (owner, entry) = (Owner(person.Person), Entry(person.Person, name));
        var cipher = keys.Encrypt(person.Key, Purpose(owner, entry), value.Span);
        return store.SetAsync(owner, entry, cipher, lifetime < MaxLifetime ? lifetime : MaxLifetime, MaxEntries, cancellationToken);
    }

    /// <inheritdoc />
    public Task<bool> ForgetAsync(PersonId person, CancellationToken cancellationToken) => store.RemoveAsync(Owner(person), cancellationToken);

    private string Owner(PersonId person) => Convert.ToHexStringLower(keys.Blind("cache", person.ToString()));

    private string Entry(PersonId person, string name) => Convert.ToHexStringLower(keys.Blind("cache-entry", name, person.ToString()));

    /// <summary>An entry that was moved to another name does not open.</summary>
    private static string Purpose(string owner, string entry) => $"cache.{owner}.{entry}";
}
