using System.Text.Json;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Backfill;

/// <summary>A message of WAHA's history, as it lies there and as it is understood.</summary>
internal sealed record ReadMessage(JsonElement Payload, MessagePayload Message, DateTimeOffset SentAt);

/// <summary>A chat as far as it was read.</summary>
/// <param name="Outcome">Whether it could be read.</param>
/// <param name="Messages">Oldest first.</param>
/// <param name="IsCut">There was more than may be read: what is older than the first of <paramref name="Messages"/> is missing.</param>
internal sealed record ReadChat(HistoryOutcome Outcome, IReadOnlyList<ReadMessage> Messages, bool IsCut);

/// <summary>Reads the newest messages of a chat since a time, page by page, within bounds.</summary>
internal sealed class ChatReader(WahaClient waha)
{
    private const int PageSize = 100;

    /// <param name="session">WAHA session.</param>
    /// <param name="engine">Its engine, where WAHA tells.</param>
    /// <param name="chat">Chat.</param>
    /// <param name="since">Earliest time.</param>
    /// <param name="most">Most messages, the newest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ReadChat> ReadAsync(string session, string? engine, ChatId chat, DateTimeOffset since, int most, CancellationToken cancellationToken)
    {
        var found = new Dictionary<(string, bool), ReadMessage>();
        var read = 0;
        // The newest come first: one that is written meanwhile moves the others to later pages, so that none is skipped and some come twice.
        while (read < most)
        {
            var page = await waha.ReadHistoryAsync(session, chat, since, Math.Min(PageSize, most - read), read, WahaTimeouts.History, cancellationToken);
            if (page.Outcome != HistoryOutcome.Read)
                return new ReadChat(page.Outcome, [], false);
            foreach (var payload in page.Messages)
                Add(found, payload, engine, since);
            read += page.Messages.Count;
            if (page.Messages.Count < Math.Min(PageSize, most - read + page.Messages.Count))
                return new ReadChat(HistoryOutcome.Read, InOrder(found), false);
        }

        return new ReadChat(HistoryOutcome.Read, InOrder(found), IsCut: true);
    }

    private static void Add(Dictionary<(string, bool), ReadMessage> found, JsonElement payload, string? engine, DateTimeOffset since)
    {
        if (MessagePayload.TryRead(payload, engine) is not { SentAt: { } sentAt } message || sentAt.ToUnixTimeSeconds() < since.ToUnixTimeSeconds())
            return;
        found.TryAdd((message.Key.RawId, message.FromMe), new ReadMessage(payload, message, sentAt));
    }

    /// <summary>Times are whole seconds: those of one second keep WAHA's order, turned round.</summary>
    private static List<ReadMessage> InOrder(Dictionary<(string, bool), ReadMessage> found) => [.. found.Values.Reverse().OrderBy(message => message.SentAt)];
}
