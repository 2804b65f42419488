using OpenClaw.Core.People;

namespace OpenClaw.Core.Caching;

/// <summary>
/// Short-lived copies of what can be computed again, per person and always encrypted with the person's data key. It may forget anything at any
/// time, and a store that does not answer is a miss, never an error.
/// </summary>
public interface IPersonCache
{
    /// <summary>The value, or null.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="name">Which; may hold personal data, no store sees it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<byte[]?> GetAsync(PersonScope person, string name, CancellationToken cancellationToken);

    /// <summary>Keeps a value of up to 64 KiB for up to a day; more is not kept. A person has at most 64, the one that ends first makes room.</summary>
    Task SetAsync(PersonScope person, string name, ReadOnlyMemory<byte> value, TimeSpan lifetime, CancellationToken cancellationToken);

    /// <summary>Forgets everything of a person.</summary>
    /// <returns>False when the store did not answer: ask again.</returns>
    Task<bool> ForgetAsync(PersonId person, CancellationToken cancellationToken);
}
