using System.Text.Json;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>What has to be known of a bubble that another session is to send.</summary>
/// <param name="BegunBy">The session that sent the last part of the same answer; null where nothing of it was sent.</param>
/// <param name="Phone">Digits of the person's phone number, or null.</param>
/// <param name="Lid">Digits of the person's hidden id, or null.</param>
public sealed record StandInFacts(string? BegunBy, string? Phone, string? Lid);

/// <summary>Reads and seals for bubbles that go through another session than their chat's. Asked only while a session is away.</summary>
public sealed class StandInStore(IDatabase database, KeyRing keys)
{
    /// <summary>Of a bubble in a direct chat.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    public async ValueTask<StandInFacts> LookAsync(LaneId lane, Bubble bubble, CancellationToken cancellationToken)
    {
        var (begunBy, ids) = await database.ReadAsync(
            sql => (
                sql.QueryFirst(
                    "SELECT session FROM outbox WHERE turn_id = @turn AND state = 'accepted' ORDER BY outbox_id DESC LIMIT 1", row => row.GetString(0), ("@turn", bubble.TurnId ?? 0L)),
                sql.Query(
                    """
                    SELECT kind, key_id, value_enc FROM person_ids WHERE person_id = (SELECT person_id FROM lanes WHERE lane_id = @lane)
                    """,
                    row => (Kind: row.GetString(0), Key: new DataKeyId(row.GetInt64(1)), Value: row.GetFieldValue<byte[]>(2)), ("@lane", lane.Value))),
            cancellationToken);
        string? Of(string kind) => ids.Where(id => id.Kind == kind).Select(id => keys.DecryptText(id.Key, "person_ids.value", id.Value)).FirstOrDefault();
        return new StandInFacts(begunBy, Of("phone"), Of("lid"));
    }

    /// <summary>The content as it is stored, with the bubble's own key.</summary>
    public byte[] Seal(Bubble bubble, BubbleContent content) =>
        keys.Encrypt(bubble.Key, "outbox.content", JsonSerializer.SerializeToUtf8Bytes(content, StoredJson.Default.BubbleContent));
}
