namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>A person whose phone the page shows. Access rules always let these in.</summary>
/// <param name="Key">Short name in the page's addresses: <c>ana</c>, <c>bob</c>.</param>
/// <param name="Name">The name that the person chose on WhatsApp.</param>
/// <param name="Phone">International form, digits only.</param>
/// <param name="DisplayPhone">The same, as people write it.</param>
/// <param name="Lid">Hidden id, <c>digits@lid</c>.</param>
/// <param name="Locale"><c>pt-BR</c> or <c>en</c>.</param>
internal sealed record SimulatedPerson(string Key, string Name, string Phone, string DisplayPhone, string Lid, string Locale)
{
    /// <summary>The two people. Their numbers belong to ranges kept for fiction.</summary>
    public static IReadOnlyList<SimulatedPerson> All { get; } =
    [
        new("ana", "Ana", "5511988880001", "+55 11 98888-0001", "100000000000001@lid", "pt-BR"),
        new("bob", "Bob", "15550100002", "+1 555 010-0002", "100000000000002@lid", "en"),
    ];

    /// <summary>Id of the direct chat with the bot, <c>digits@c.us</c>.</summary>
    public string ChatId { get; } = Phone + "@c.us";

    /// <summary>The engine's own form of the id.</summary>
    public string Jid { get; } = Phone + "@s.whatsapp.net";

    /// <summary>The person whom any of WhatsApp's ids means: plain digits, <c>@c.us</c>, <c>@s.whatsapp.net</c> or <c>@lid</c>.</summary>
    public static SimulatedPerson? FromChatId(string? id) =>
        All.FirstOrDefault(person => id == person.ChatId || id == person.Phone || id == person.Jid || id == person.Lid);
}
