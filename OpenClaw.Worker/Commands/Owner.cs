using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Worker.Commands;

/// <summary>Who may ask about the system in a chat. The part of section <c>Access</c> that whoever answers has to know.</summary>
internal sealed class OwnerOptions
{
    /// <summary>The owner's phone number in international form.</summary>
    public string? Owner { get; set; }
}

internal sealed class OwnerOptionsValidator : IValidateOptions<OwnerOptions>
{
    public ValidateOptionsResult Validate(string? name, OwnerOptions options) => string.IsNullOrWhiteSpace(options.Owner) || PhoneNumbers.TryNormalise(options.Owner, out _)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail("Access__Owner must be a phone number in international form, for example +55 11 98765-4321.");
}

/// <summary>Tells the owner by person: also under the hidden id that WAHA links to the number.</summary>
internal sealed class Owner(IOptions<OwnerOptions> options, PeopleDirectory people)
{
    private readonly Lazy<HashSet<string>> _blinds = new(() => PhoneNumbers.TryNormalise(options.Value.Owner, out var digits)
        ? PhoneNumbers.Variants(digits).Select(phone => Convert.ToHexString(people.PhoneBlind(phone))).ToHashSet(StringComparer.Ordinal)
        : []);

    public async ValueTask<bool> IsAsync(PersonScope person, CancellationToken cancellationToken) =>
        _blinds.Value.Count > 0 && (await people.GetAsync(person.Person, cancellationToken)).Blinds.Overlaps(_blinds.Value);
}
