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
    /// <param name="chatId">WAHA's chat id, as the bubble was sent to; a direct chat is looked for by its person's other names, too.</param>
    /// <param name="since">Earliest time, by WhatsApp's clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<IReadOnlyList<ChatMessage>> EchoesAsync(ChatScope chat, string chatId, DateTimeOffset since, CancellationToken cancellationToken) =>
        EchoesAsync(chat.Session, chat.Lane, chatId, since, cancellationToken);

    /// <summary>The same under every name that WAHA may know the lane's chat by, beside the given one.</summary>
    internal async Task<IReadOnlyList<ChatMessage>> EchoesAsync(string session, LaneId lane, string chatId, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var names = await NamesAsync(lane, chatId, cancellationToken);
        var blinds = names.Select(name => keys.Blind("chat", name, session)).ToList();
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

    /// <summary>A person is known to WAHA by a number or a hidden id: a direct chat has several names.</summary>
    private async Task<IReadOnlyCollection<string>> NamesAsync(LaneId lane, string chatId, CancellationToken cancellationToken)
    {
        var ids = await database.ReadAsync(
            sql => sql.Query(
                "SELECT i.kind, i.key_id, i.value_enc FROM person_ids i JOIN lanes l ON l.person_id = i.person_id WHERE l.lane_id = @lane",
                row => (Kind: row.GetString(0), Key: new DataKeyId(row.GetInt64(1)), Value: row.GetFieldValue<byte[]>(2)), ("@lane", lane.Value)),
            cancellationToken);
        return ids.Select(id => Name(id.Kind, id.Key, id.Value)).OfType<string>().Append(chatId).ToHashSet(StringComparer.Ordinal);
    }

    private string? Name(string kind, DataKeyId key, byte[] value)
    {
        try
        {
            var id = keys.DecryptText(key, "person_ids.value", value);
            return kind == "phone" ? ChatId.OfPhone(id).ToString() : id + "@lid";
        }
        catch (CryptographicException)
        {
            // Erased meanwhile.
            return null;
        }
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
