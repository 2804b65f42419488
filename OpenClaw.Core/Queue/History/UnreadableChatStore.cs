using System.Security.Cryptography;
using OpenClaw.Core.People;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Core.Queue.History;

/// <summary>A chat that WAHA lists and could not read back.</summary>
/// <param name="Chat">The chat as WAHA names it: a person's or a group.</param>
/// <param name="Since">From when on it has to be read.</param>
/// <param name="RetryAt">When it is to be tried again.</param>
/// <param name="IsTold">It is in a recorded gap.</param>
public sealed record UnreadableChat(ChatId Chat, DateTimeOffset Since, DateTimeOffset RetryAt, bool IsTold);

/// <summary>
/// Chats that could not be read back, over restarts: the session's mark passes them, so nothing else knows from where on they are missing. Each under its
/// own key, so that it is gone with its person.
/// </summary>
public sealed class UnreadableChatStore(IDatabase database, KeyRing keys, ChatKeys chatKeys)
{
    private const string Purpose = "unreadable_chats.chat";

    /// <summary>Those of a session; one that nobody can decrypt any more is left out.</summary>
    public async ValueTask<IReadOnlyList<UnreadableChat>> ReadAsync(string session, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync(session, cancellationToken);
        foreach (var row in rows.Where(row => row.Key == keys.System))
            await RekeyAsync(row, cancellationToken);
        return [.. rows.Select(row => row.Chat is { } chat ? new UnreadableChat(chat, row.Since, row.RetryAt, row.IsTold) : null).OfType<UnreadableChat>()];
    }

    /// <summary>It could not be read, again or for the first time; from when on it has to be read stays.</summary>
    public async Task SaveAsync(string session, UnreadableChat chat, CancellationToken cancellationToken)
    {
        var key = await chatKeys.EnsureAsync(chat.Chat, cancellationToken);
        var (blind, content) = (Blind(session, chat.Chat), keys.Encrypt(key, Purpose, chat.Chat.ToString()));
        await database.WriteAsync(
            sql => sql.Execute(
                """
                INSERT INTO unreadable_chats (chat_blind, session, key_id, chat_enc, since_at, retry_at, told) VALUES (@blind, @session, @key, @chat, @since, @retry, @told)
                ON CONFLICT (chat_blind) DO UPDATE SET key_id = excluded.key_id, chat_enc = excluded.chat_enc, retry_at = excluded.retry_at, told = excluded.told
                """,
                ("@blind", blind), ("@session", session), ("@key", key.Value), ("@chat", content), ("@since", chat.Since.ToUnixTimeMicroseconds()),
                ("@retry", chat.RetryAt.ToUnixTimeMicroseconds()), ("@told", chat.IsTold ? 1 : 0)),
            cancellationToken);
    }

    /// <summary>All of a session are in a recorded gap.</summary>
    public Task TellAsync(string session, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute("UPDATE unreadable_chats SET told = 1 WHERE session = @session AND told = 0", ("@session", session)), cancellationToken);

    /// <summary>Those that were to be read from before <paramref name="before"/> on are given up, also of sessions that are not served any more: nobody else would.</summary>
    public Task ForgetAsync(DateTimeOffset before, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute("DELETE FROM unreadable_chats WHERE since_at < @before", ("@before", before.ToUnixTimeMicroseconds())), cancellationToken);

    /// <summary>It could be read.</summary>
    public Task DeleteAsync(string session, ChatId chat, CancellationToken cancellationToken)
    {
        var blind = Blind(session, chat);
        return database.WriteAsync(sql => sql.Execute("DELETE FROM unreadable_chats WHERE chat_blind = @blind", ("@blind", blind)), cancellationToken);
    }

    private async ValueTask<IReadOnlyList<Row>> RowsAsync(string session, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            sql => sql.Query(
                "SELECT chat_blind, key_id, chat_enc, since_at, retry_at, told FROM unreadable_chats WHERE session = @session",
                row => (Blind: row.GetFieldValue<byte[]>(0), Key: new DataKeyId(row.GetInt64(1)), Chat: row.GetFieldValue<byte[]>(2), Since: row.GetInt64(3),
                    RetryAt: row.GetInt64(4), IsTold: row.GetInt64(5) == 1),
                ("@session", session)),
            cancellationToken);
        return [.. rows.Select(row => new Row(
            row.Blind, row.Key, Open(row.Key, row.Chat), UnixMicroseconds.FromUnixTimeMicroseconds(row.Since), UnixMicroseconds.FromUnixTimeMicroseconds(row.RetryAt), row.IsTold))];
    }

    /// <summary>Rows of earlier versions have the system's key, which outlives every person.</summary>
    private async Task RekeyAsync(Row row, CancellationToken cancellationToken)
    {
        if (row.Chat is not { } chat)
            return;
        var key = await chatKeys.EnsureAsync(chat, cancellationToken);
        var content = keys.Encrypt(key, Purpose, chat.ToString());
        await database.WriteAsync(
            sql => sql.Execute(
                "UPDATE unreadable_chats SET key_id = @key, chat_enc = @chat WHERE chat_blind = @blind AND key_id = @old",
                ("@key", key.Value), ("@chat", content), ("@blind", row.Blind), ("@old", row.Key.Value)),
            cancellationToken);
    }

    private byte[] Blind(string session, ChatId chat) => keys.Blind("unreadable-chat", chat.ToString(), session);

    private ChatId? Open(DataKeyId key, byte[] chat)
    {
        try
        {
            return ChatId.Parse(keys.DecryptText(key, Purpose, chat));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Row(byte[] Blind, DataKeyId Key, ChatId? Chat, DateTimeOffset Since, DateTimeOffset RetryAt, bool IsTold);
}
