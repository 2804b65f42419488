using OpenClaw.Core.Security;

namespace OpenClaw.Core.People;

/// <summary>A person's row; opaque, safe to log. One person is one record over phone, lid and other ids.</summary>
public readonly record struct PersonId(long Value)
{
    /// <inheritdoc />
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>
/// The right to read and write one person's data. Every storage call that touches personal data takes one of these;
/// there is no unscoped query. In a group it is the author of the turn.
/// </summary>
/// <param name="Person">Whose data.</param>
/// <param name="Key">The data key that what the person causes is encrypted with.</param>
public sealed record PersonScope(PersonId Person, DataKeyId Key);
