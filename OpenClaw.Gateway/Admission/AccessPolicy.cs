using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Admission;

/// <summary>Who is answered. Section <c>Access</c>.</summary>
public sealed class AccessOptions
{
    /// <summary><c>Open</c> (everybody) or <c>Allowlist</c> (only the people below).</summary>
    public string Mode { get; set; } = "Allowlist";

    /// <summary>Phone numbers in international form.</summary>
    public IList<string> Allowed { get; } = [];

    /// <summary>The owner's phone number; always allowed.</summary>
    public string? Owner { get; set; }
}

internal sealed class AccessOptionsValidator : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        if (string.Equals(options.Mode, "Pairing", StringComparison.OrdinalIgnoreCase))
            return ValidateOptionsResult.Fail("Access__Mode=Pairing is not served yet by this version; write Open or Allowlist.");
        if (!string.Equals(options.Mode, "Open", StringComparison.OrdinalIgnoreCase) && !string.Equals(options.Mode, "Allowlist", StringComparison.OrdinalIgnoreCase))
            return ValidateOptionsResult.Fail("Access__Mode must be Open or Allowlist.");
        for (var i = 0; i < options.Allowed.Count; i++)
        {
            if (!PhoneNumbers.TryNormalise(options.Allowed[i], out _))
                return ValidateOptionsResult.Fail($"Access__Allowed__{i} must be a phone number in international form, for example +55 11 98765-4321.");
        }

        return string.IsNullOrWhiteSpace(options.Owner) || PhoneNumbers.TryNormalise(options.Owner, out _)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Access__Owner must be a phone number in international form, for example +55 11 98765-4321.");
    }
}

/// <summary>People who are allowed whatever the settings say: the simulator's.</summary>
internal sealed record AlwaysAllowed(IReadOnlyList<string> Phones);

/// <summary>Decides by person, not by address: whoever is allowed by phone is allowed under the hidden id that WAHA links to it.</summary>
internal sealed class AccessPolicy
{
    private readonly bool _open;
    private readonly HashSet<string> _phones;
    private readonly HashSet<string> _blinds;

    public AccessPolicy(IOptions<AccessOptions> options, IEnumerable<AlwaysAllowed> always, PeopleDirectory people)
    {
        _open = string.Equals(options.Value.Mode, "Open", StringComparison.OrdinalIgnoreCase);
        var numbers = options.Value.Allowed.Append(options.Value.Owner).Concat(always.SelectMany(group => group.Phones));
        _phones = numbers
            .Where(number => PhoneNumbers.TryNormalise(number, out _))
            .SelectMany(number => PhoneNumbers.TryNormalise(number, out var digits) ? PhoneNumbers.Variants(digits) : [])
            .ToHashSet(StringComparer.Ordinal);
        _blinds = _phones.Select(phone => Convert.ToHexString(people.PhoneBlind(phone))).ToHashSet(StringComparer.Ordinal);
    }

    /// <param name="sender">What the message says of its author.</param>
    /// <param name="known">What the local tables know, or null.</param>
    public bool Allows(SenderIdentity sender, PersonRecord? known) =>
        _open || (sender.Phone is { } phone && _phones.Contains(phone)) || known?.Blinds.Overlaps(_blinds) == true;
}
