using System.Security.Cryptography;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>A line of a chat's history.</summary>
/// <param name="Role"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Text">Plain text.</param>
public sealed record HistoryEntry(string Role, string Text);

/// <summary>What was said in a chat, in WhatsApp's order (a late message stands where it belongs).</summary>
public sealed class ConversationStore(IDatabase database, KeyRing keys)
{
    private const int MaxEntries = 40;

    /// <summary>The newest entries that fit the budget, oldest first. What an erased key protected is left out.</summary>
    public async Task<IReadOnlyList<HistoryEntry>> LoadAsync(ChatScope chat, int tokenBudget, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            sql => sql.Query(
                "SELECT role, tokens, key_id, content_enc FROM conversation WHERE lane_id = @lane ORDER BY order_at DESC, entry_id DESC LIMIT @limit",
                row => (Role: row.GetString(0), Tokens: row.GetInt32(1), Key: new DataKeyId(row.GetInt64(2)), Content: row.GetFieldValue<byte[]>(3)),
                ("@lane", chat.Lane.Value), ("@limit", MaxEntries)),
            cancellationToken);
        var history = new List<HistoryEntry>(rows.Count);
        var left = tokenBudget;
        foreach (var row in rows)
        {
            left -= row.Tokens;
            if (left < 0)
                break;
            if (Open(row.Key, row.Content) is { } text)
                history.Add(new HistoryEntry(row.Role, text));
        }

        history.Reverse();
        // A history that begins with an answer would show the model half an exchange.
        if (history is [{ Role: "assistant" }, ..] && rows.Count > history.Count)
            history.RemoveAt(0);
        return history;
    }

    private string? Open(DataKeyId key, byte[] content)
    {
        try
        {
            return keys.DecryptText(key, "conversation.content", content);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
