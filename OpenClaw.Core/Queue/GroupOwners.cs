using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>
/// Which of our sessions answers in a group that several of them are in: the first that heard of it, until it is unfit. Asked within the transaction that
/// stores the message; two copies of one message meet at the group's row.
/// </summary>
internal static class GroupOwners
{
    /// <summary>Typed reason of a copy that another session answers.</summary>
    public const string OtherSession = "other_session";

    /// <summary>A session that hears nothing of a group for so long, while others do, is not in it any more.</summary>
    private static readonly TimeSpan LongestUnheard = TimeSpan.FromMinutes(2);

    /// <param name="sql">The transaction that has just inserted the message.</param>
    /// <param name="group">Blind index of the group.</param>
    /// <param name="session">The session that has this copy.</param>
    /// <param name="share">What else is known.</param>
    /// <param name="copies">The dedupe keys that the same message has in the other sessions.</param>
    /// <param name="isReadBack">It was read from WAHA's history: whoever had the group then may have missed it.</param>
    /// <param name="now">Microseconds.</param>
    /// <returns>Whether this session answers the message.</returns>
    public static bool IsOursWithin(ISqlSession sql, byte[] group, string session, GroupShare share, IReadOnlyList<byte[]> copies, bool isReadBack, long now)
    {
        // Changed even where nothing changes: the other copy's transaction waits here, and looks again.
        var (owner, unheard) = sql.QueryFirst(
            """
            INSERT INTO group_owners (group_blind, session, since) VALUES (@group, @session, @now)
            ON CONFLICT (group_blind) DO UPDATE SET unheard_at = CASE
                WHEN group_owners.session = @session THEN NULL
                WHEN @counts = 1 THEN COALESCE(group_owners.unheard_at, excluded.since)
                ELSE group_owners.unheard_at END
            RETURNING session, unheard_at
            """,
            row => (row.GetString(0), row.IsDBNull(1) ? now : row.GetInt64(1)),
            ("@group", group), ("@session", session), ("@now", now), ("@counts", isReadBack || share.IsAlone ? 0 : 1));
        if (copies.Any(copy => IsTaken(sql, copy)))
            return false;
        if (share.IsAlone || owner == session)
            return true;
        if (share.Others.Contains(owner) && !share.Unfit.Contains(owner) && now - unheard < LongestUnheard.Microseconds())
            return isReadBack;
        sql.Post(
            "UPDATE group_owners SET session = @session, since = @now, unheard_at = NULL WHERE group_blind = @group AND session = @owner",
            ("@session", session), ("@now", now), ("@group", group), ("@owner", owner));
        return true;
    }

    private static bool IsTaken(ISqlSession sql, byte[] copy) => sql.QueryFirst(
        "SELECT 1 FROM inbound WHERE dedupe = @dedupe AND (state <> 'ignored' OR turn_id IS NOT NULL)", row => row.GetInt64(0), ("@dedupe", copy)) == 1;
}
