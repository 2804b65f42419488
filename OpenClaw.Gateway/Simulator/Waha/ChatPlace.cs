namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>Where messages are written, as WAHA names it: a person's phone number, the same person's hidden id, or the group.</summary>
/// <param name="Key">Short name of the chat that the page shows them in: <c>ana</c>, <c>bob</c>, <c>group</c>.</param>
/// <param name="ChatId"><c>digits@c.us</c>, <c>digits@lid</c> or <c>digits@g.us</c>.</param>
/// <param name="Jid">The engine's own form of the id.</param>
/// <param name="JidAlt">The phone behind a hidden id, which WAHA tells beside it.</param>
/// <param name="Holder">Whose phone it is; in the group the one who writes.</param>
internal sealed record ChatPlace(string Key, string ChatId, string Jid, string? JidAlt, SimulatedPerson Holder)
{
    /// <summary>Key of the one group.</summary>
    public const string GroupKey = "group";

    private const string GroupId = "120363000000000077@g.us";

    /// <summary>The group, on the phone of the first person.</summary>
    public static ChatPlace Group { get; } = new(GroupKey, GroupId, GroupId, null, SimulatedPerson.All[0]);

    /// <summary>Whether several people write here.</summary>
    public bool IsGroup => Key == GroupKey;

    /// <summary>A person under the phone number.</summary>
    public static ChatPlace Phone(SimulatedPerson person) => new(person.Key, person.ChatId, person.Jid, null, person);

    /// <summary>A person under the hidden id.</summary>
    public static ChatPlace Lid(SimulatedPerson person) => new(person.Key, person.Lid, person.Lid, person.Jid, person);

    /// <summary>The place that any of WhatsApp's ids means: plain digits, <c>@c.us</c>, <c>@s.whatsapp.net</c>, <c>@lid</c> or <c>@g.us</c>; null when there is none.</summary>
    public static ChatPlace? FromChatId(string? id) =>
        id == GroupId ? Group
        : SimulatedPerson.FromChatId(id) is not { } person ? null
        : id == person.Lid ? Lid(person) : Phone(person);
}
