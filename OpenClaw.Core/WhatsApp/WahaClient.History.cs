using System.Globalization;

namespace OpenClaw.Core.WhatsApp;

/// <summary>What WAHA remembers of a session: its chats and their messages.</summary>
public sealed partial class WahaClient
{
    /// <summary>
    /// A page of the session's chats, newest first. Not <c>/chats/overview</c>: for that WAHA asks WhatsApp for the picture of each chat and reads
    /// its last message; this is one read of WAHA's own store.
    /// </summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="limit">Most chats.</param>
    /// <param name="offset">Skipped first.</param>
    /// <param name="timeout">Time for the whole call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChatListPage> ListChatsAsync(string session, int limit, int offset, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture,
            $"api/{Uri.EscapeDataString(session)}/chats?limit={limit}&offset={offset}&sortBy=conversationTimestamp&sortOrder=desc");
        return WahaAnswers.ChatList(await ReadAsync(session, "/api/{session}/chats", path, LargeAnswer, timeout, cancellationToken));
    }

    /// <summary>A page of a chat's messages of both sides, newest first.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="chat">Chat.</param>
    /// <param name="since">Earliest time, compared in whole seconds.</param>
    /// <param name="limit">Most messages.</param>
    /// <param name="offset">Skipped first.</param>
    /// <param name="timeout">Time for the whole call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HistoryPage> ReadHistoryAsync(
        string session, ChatId chat, DateTimeOffset since, int limit, int offset, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture,
            $"api/{Uri.EscapeDataString(session)}/chats/{Uri.EscapeDataString(chat.ToString())}/messages?limit={limit}&offset={offset}&downloadMedia=false&filter.timestamp.gte={since.ToUnixTimeSeconds()}");
        return WahaAnswers.History(await ReadAsync(session, "/api/{session}/chats/{chatId}/messages", path, LargeAnswer, timeout, cancellationToken));
    }
}
