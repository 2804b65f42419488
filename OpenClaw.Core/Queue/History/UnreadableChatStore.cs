using System.Security.Cryptography;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.History;

/// <summary>A chat that WAHA lists and could not read back.</summary>
/// <param name="ChatId">The chat as WAHA names it.</param>
/// <param name="Since">From when on it has to be read.</param>
/// <param name="RetryAt">When it is to be tried again.</param>
/// <param name="IsTold">It is in a recorded gap.</param>
public sealed record UnreadableChat(string ChatId, DateTimeOffset Since, DateTimeOffset RetryAt, bool IsTold);

/// <summary>Chats that could not be read back, over restarts: the session's mark passes them, so nothing else knows from where on they are missing.</summary>
public sealed class UnreadableChatStore(IDatabase database, KeyRing keys)
{
    /// <summary>Those of a session; one that nobody can decrypt any more is left out.</summary>
    public async ValueTask<IReadOnlyList<UnreadableChat>> ReadAsync(string session, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            sql => sql.Query(
                "SELECT key_id, chat_enc, since_at, retry_at, told FROM unreadable_chats WHERE session = @session",
                row => (Key: new DataKeyId(row.GetInt64(0)), Chat: row.GetFieldValue<byte[]>(1), Since: row.GetInt64(2), RetryAt: row.GetInt64(3), IsTold: row.GetInt64(4) == 1),
                ("@session", session)),
            cancellationToken);
        return [.. rows.Select(row => (Chat: Open(row.Key, row.Chat), Row: row)).Where(entry => entry.Chat is not null).Select(entry => new UnreadableChat(
            entry.Chat!, UnixMicroseconds.FromUnixTimeMicroseconds(entry.Row.Since), UnixMicroseconds.FromUnixTimeMicroseconds(entry.Row.RetryAt), entry.Row.IsTold))];
    }

    /// <summary>It could not be read, again or for the first time; from when on it has to be read stays.</summary>
    public Task SaveAsync(string session, UnreadableChat chat, CancellationToken cancellationToken)
    {
        var (blind, content) = (Blind(session, chat.ChatId), keys.Encrypt(keys.System, "unreadable_chats.chat", chat.ChatId));
        return database.WriteAsync(
            sql => sql.Execute(
                """
                INSERT INTO unreadable_chats (chat_blind, session, key_id, chat_enc, since_at, retry_at, told) VALUES (@blind, @session, @key, @chat, @since, @retry, @told)
                ON CONFLICT (chat_blind) DO UPDATE SET retry_at = excluded.retry_at, told = excluded.told
                """,
                ("@blind", blind), ("@session", session), ("@key", keys.System.Value), ("@chat", content), ("@since", chat.Since.ToUnixTimeMicroseconds()),
                ("@retry", chat.RetryAt.ToUnixTimeMicroseconds()), ("@told", chat.IsTold ? 1 : 0)),
            cancellationToken);
    }

    /// <summary>All of a session are in a recorded gap.</summary>
    public Task TellAsync(string session, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute("UPDATE unreadable_chats SET told = 1 WHERE session = @session AND told = 0", ("@session", session)), cancellationToken);

    /// <summary>Those of a session that were to be read from before <paramref name="before"/> on are given up.</summary>
    public Task ForgetAsync(string session, DateTimeOffset before, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute("DELETE FROM unreadable_chats WHERE session = @session AND since_at < @before", ("@session", session), ("@before", before.ToUnixTimeMicroseconds())), cancellationToken);

    /// <summary>It could be read.</summary>
    public Task DeleteAsync(string session, string chatId, CancellationToken cancellationToken)
    {
        var blind = Blind(session, chatId);
        return database.WriteAsync(sql => sql.Execute("DELETE FROM unreadable_chats WHERE chat_blind = @blind", ("@blind", blind)), cancellationToken);
    }

    private byte[] Blind(string session, string chatId) => keys.Blind("unreadable-chat", chatId, session);

    private string? Open(DataKeyId key, byte[] chat)
    {
        try
        {
            return keys.DecryptText(key, "unreadable_chats.chat", chat);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
