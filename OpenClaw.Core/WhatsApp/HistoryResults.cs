using System.Text.Json;

namespace OpenClaw.Core.WhatsApp;

/// <summary>Whether WAHA's memory of a session could be read.</summary>
public enum HistoryOutcome
{
    /// <summary>Read.</summary>
    Read,

    /// <summary>WAHA keeps no history of this session (NOWEB without its store: 400): asking again is no use until somebody changes that.</summary>
    NotKept,

    /// <summary>WAHA could not be asked now; try later.</summary>
    Unavailable,
}

/// <summary>A chat in WAHA's list.</summary>
/// <param name="Id">Chat. Personal data.</param>
/// <param name="LastAt">When the newest message in it was written, whole seconds; null where the engine does not say.</param>
public readonly record struct ListedChat(ChatId Id, DateTimeOffset? LastAt);

/// <summary>A page of the chat list.</summary>
/// <param name="Outcome">Whether it could be read.</param>
/// <param name="Chats">The readable ones, in WAHA's order.</param>
/// <param name="Count">How many entries WAHA sent, readable or not: fewer than asked for = the last page.</param>
public sealed record ChatListPage(HistoryOutcome Outcome, IReadOnlyList<ListedChat> Chats, int Count);

/// <summary>A page of a chat's messages.</summary>
/// <param name="Outcome">Whether it could be read.</param>
/// <param name="Messages">Each in the shape that a webhook has as its payload, in WAHA's order. Personal data.</param>
public sealed record HistoryPage(HistoryOutcome Outcome, IReadOnlyList<JsonElement> Messages);
