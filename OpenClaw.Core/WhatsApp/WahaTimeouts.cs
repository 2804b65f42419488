using OpenClaw.Core.Integrations;

namespace OpenClaw.Core.WhatsApp;

/// <summary>How long calls to WAHA may take. WAHA blocks up to 10 s while its session does not work, and reads its history from disk.</summary>
public static class WahaTimeouts
{
    /// <summary>Reads that WAHA answers from memory, or after its own 10 s.</summary>
    public static readonly TimeSpan Read = TimeSpan.FromSeconds(12);

    /// <summary>Pages of chats and messages.</summary>
    public static readonly TimeSpan History = TimeSpan.FromSeconds(15);

    /// <summary>Start, restart, create and configure a session; WAHA answers when it is done.</summary>
    public static readonly TimeSpan Change = TimeSpan.FromSeconds(20);

    /// <summary>What a person waits for in front of a screen.</summary>
    public static readonly TimeSpan Desk = TimeSpan.FromSeconds(5);

    /// <summary>QR code, pairing code and a start that a person asked for: WAHA holds a request for a code for 10 s when the session changed its mind meanwhile.</summary>
    public static readonly TimeSpan Link = TimeSpan.FromSeconds(15);

    /// <summary>Seen, typing and a new message's id: an answer goes out without them.</summary>
    public static readonly TimeSpan Manners = TimeSpan.FromSeconds(3);

    internal static CallPolicy Policy { get; } = new(
        IntegrationKind.Waha, [new("read", Read), new("history", History), new("change", Change), new("desk", Desk), new("link", Link), new("manners", Manners)], []);
}
