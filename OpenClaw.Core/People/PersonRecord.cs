using OpenClaw.Core.Security;

namespace OpenClaw.Core.People;

/// <summary>How WhatsApp names somebody in a message: a phone number, a hidden id (lid), or both when WAHA links them.</summary>
/// <param name="Phone">Digits in international form, or null.</param>
/// <param name="Lid">Digits of the hidden id, or null.</param>
public sealed record SenderIdentity(string? Phone, string? Lid);

/// <summary>What the local tables know about a person; no personal data in it.</summary>
/// <param name="Person">The row.</param>
/// <param name="Key">The person's data key.</param>
/// <param name="Locale"><c>pt-BR</c> or <c>en</c>.</param>
/// <param name="TimeZone">IANA id.</param>
/// <param name="HasPhone">False for a hidden id that WAHA has not linked to a number yet.</param>
/// <param name="Blinds">Hex forms of the blind indexes of all ids that belong to the person.</param>
public sealed record PersonRecord(PersonId Person, DataKeyId Key, string Locale, string TimeZone, bool HasPhone, IReadOnlySet<string> Blinds)
{
    /// <summary>The scope for storage calls.</summary>
    public PersonScope Scope => new(Person, Key);
}
