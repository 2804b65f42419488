using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Core.Queue;

/// <summary>What WAHA told of our own messages by itself: it shows that a send arrived where WAHA's store cannot.</summary>
public sealed partial class ChatEventStore
{
    /// <summary>More own messages of one chat within one uncertain send are not looked at.</summary>
    private const int MostEchoes = 200;

    /// <summary>Whether WAHA told of a message with this id, as one of ours.</summary>
    public async Task<bool> HasEchoAsync(ChatScope chat, string rawId, CancellationToken cancellationToken)
    {
        var dedupe = keys.Blind("event-" + OwnEcho, rawId, chat.Session);
        return await database.ReadAsync(
            sql => sql.QueryFirst("SELECT 1 FROM chat_events WHERE dedupe = @dedupe", row => row.GetInt64(0), ("@dedupe", dedupe)), cancellationToken) == 1;
    }

    /// <summary>What WAHA told of messages that the bot's account wrote into a chat and that were not typed on the phone; oldest first.</summary>
    /// <param name="chat">The lane.</param>
    /// <param name="chatId">WAHA's chat id.</param>
    /// <param name="since">Earliest time, by WhatsApp's clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<IReadOnlyList<ChatMessage>> EchoesAsync(ChatScope chat, string chatId, DateTimeOffset since, CancellationToken cancellationToken) =>
        EchoesAsync(chat.Session, [chatId], since, cancellationToken);

    /// <summary>The same of a chat that WAHA knows by several ids.</summary>
    internal async Task<IReadOnlyList<ChatMessage>> EchoesAsync(string session, IReadOnlyCollection<string> chatIds, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var blinds = chatIds.Select(chatId => keys.Blind("chat", chatId, session)).ToList();
        var rows = await database.ReadAsync(
            sql => blinds.SelectMany(blind => sql.Query(
                """
                SELECT key_id, content_enc, order_at FROM chat_events WHERE chat_blind = @chat AND order_at >= @since AND kind IN ('own_echo', 'own_message')
                ORDER BY order_at LIMIT @limit
                """,
                row => (Key: new DataKeyId(row.GetInt64(0)), Content: row.GetFieldValue<byte[]>(1), At: row.GetInt64(2)),
                ("@chat", blind), ("@since", since.ToUnixTimeMicroseconds()), ("@limit", MostEchoes))).OrderBy(row => row.At).ToList(),
            cancellationToken);
        return [.. rows.Select(row => Open(row.Key, row.Content, row.At)).OfType<ChatMessage>().Where(message => message.Source != "app")];
    }

    private ChatMessage? Open(DataKeyId key, byte[] content, long at)
    {
        try
        {
            var told = JsonSerializer.Deserialize(keys.Decrypt(key, "chat_events.content", content), StoredJson.Default.ChatEventContent)!;
            return new ChatMessage(told.RawId, FromMe: true, told.Text, UnixMicroseconds.FromUnixTimeMicroseconds(at), told.Source);
        }
        catch (CryptographicException)
        {
            // Erased: it shows nothing any more.
            return null;
        }
    }
}
