using System.Globalization;

namespace OpenClaw.Core.WhatsApp;

/// <summary>The calls that make it provable whether a message was sent.</summary>
public sealed partial class WahaClient
{
    private const int PageSize = 100;

    /// <summary>A thousand own messages of one chat since an uncertain send: no proof is worth reading more.</summary>
    private const int MostPages = 10;

    /// <summary>
    /// All of the bot's own messages of a chat since a time, oldest first, read page by page. <see cref="ChatReadResult.IsWhole"/> is false when there
    /// are more than a thousand: what is not among them may be there all the same.
    /// </summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="chatId">Chat.</param>
    /// <param name="since">Earliest time, compared in whole seconds.</param>
    /// <param name="timeout">Time for one page.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ChatReadResult> ReadOwnMessagesAsync(string session, string chatId, DateTimeOffset since, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // A message that comes meanwhile moves the others into the next page: read twice then, never left out.
        var messages = new Dictionary<string, ChatMessage>(StringComparer.Ordinal);
        var isWhole = false;
        for (var page = 0; page < MostPages && !isWhole; page++)
        {
            var read = await ReadPageAsync(session, chatId, since, PageSize, page * PageSize, timeout, cancellationToken);
            if (read.Outcome != ChatReadOutcome.Read)
                return read;
            // An engine that knows no offset lists the same again.
            var isNew = false;
            foreach (var message in read.Messages)
                isNew |= messages.TryAdd(message.RawId, message);
            isWhole = read.IsWhole;
            if (!isNew && read.Messages.Count > 0)
                break;
        }

        return new ChatReadResult(ChatReadOutcome.Read, [.. messages.Values.OrderBy(static message => message.Timestamp)], isWhole);
    }

    /// <summary>
    /// Asks for the id that a message is going to have, so that it is known before the message is sent. WAHA 2026.4.3 and later can, with NOWEB and GOWS.
    /// Whatever happens, it is no reason not to send.
    /// </summary>
    public async Task<MessageIdResult> GetNewMessageIdAsync(string session, TimeSpan timeout, CancellationToken cancellationToken) => WahaAnswers.MessageId(
        await QuietAsync(HttpMethod.Get, "/api/{session}/new-message-id", $"api/{Uri.EscapeDataString(session)}/new-message-id", null, timeout, cancellationToken));

    /// <summary>Since when WAHA's process runs, by our own clock.</summary>
    public async Task<ServerStartResult> ReadServerStartAsync(TimeSpan timeout, CancellationToken cancellationToken) => WahaAnswers.ServerStart(
        await QuietAsync(HttpMethod.Get, "/api/server/status", "api/server/status", null, timeout, cancellationToken), timeProvider.GetUtcNow());

    private async Task<ChatReadResult> ReadPageAsync(
        string session, string chatId, DateTimeOffset since, int limit, int offset, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var from = offset == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"&offset={offset}");
        var path = string.Create(CultureInfo.InvariantCulture,
            $"api/{Uri.EscapeDataString(session)}/chats/{Uri.EscapeDataString(chatId)}/messages?limit={limit}{from}&downloadMedia=false&filter.timestamp.gte={since.ToUnixTimeSeconds()}&filter.fromMe=true");
        var answer = await ReadAsync(session, "/api/{session}/chats/{chatId}/messages", path, LargeAnswer, timeout, cancellationToken);
        return WahaAnswers.Chat(answer, since, limit);
    }
}
