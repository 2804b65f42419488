using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.People;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>Writes to somebody about a session that is down, through another one: once until that session worked again, and only where the person wrote before.</summary>
public sealed class SessionNotices(IDatabase database, KeyRing keys, LaneDirectory lanes, ILaneScheduler scheduler, SessionNews news, TimeProvider time)
{
    /// <summary>Queues it with the commit that remembers it.</summary>
    /// <param name="person">To whom.</param>
    /// <param name="through">The session that is to send it.</param>
    /// <param name="about">The session that it is about.</param>
    /// <param name="what">A word for it.</param>
    /// <param name="text">WhatsApp-formatted.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    /// <returns>Whether it is said, now or before; false where the person has no chat with that session.</returns>
    /// <exception cref="StorageUnavailableException">The database cannot be used now.</exception>
    public async Task<bool> SayOnceAsync(PersonRecord person, string through, string about, string what, string text, CancellationToken cancellationToken)
    {
        if (news.IsTold(about, what))
            return true;
        if (await lanes.FindAsync(through, person, null, cancellationToken) is not { } lane || await ChatAsync(lane, cancellationToken) is not { } chat)
            return false;
        var content = keys.Encrypt(
            person.Key, "outbox.content", JsonSerializer.SerializeToUtf8Bytes(new BubbleContent(chat, text, null), StoredJson.Default.BubbleContent));
        var now = time.GetUtcNow();
        var isSaid = await database.WriteInOrderAsync(
            lane.Value,
            sql =>
            {
                if (!SessionNews.TellWithin(sql, about, what))
                    return true;
                if (UnpromptedBubbles.QueueWithin(sql, new UnpromptedBubble(lane, through, person.Key, content, null), now) is not null)
                {
                    SessionNews.TakeBackWithin(sql, about, what);
                    return false;
                }

                scheduler.SignalWithin(sql, lane, now);
                return true;
            },
            cancellationToken);
        if (isSaid)
            scheduler.Announce(lane, now);
        return isSaid;
    }

    private async ValueTask<string?> ChatAsync(LaneId lane, CancellationToken cancellationToken)
    {
        var (key, chat) = await database.ReadAsync(
            sql => sql.QueryFirst(
                "SELECT key_id, chat_enc FROM lanes WHERE lane_id = @lane", row => (new DataKeyId(row.GetInt64(0)), row.GetFieldValue<byte[]>(1)), ("@lane", lane.Value)),
            cancellationToken);
        try
        {
            return chat is null ? null : keys.DecryptText(key, "lanes.chat", chat);
        }
        catch (CryptographicException)
        {
            // Erased: nobody knows any more where that is.
            return null;
        }
    }
}
