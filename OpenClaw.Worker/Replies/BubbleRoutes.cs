using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Worker.Replies;

/// <summary>How a bubble goes out.</summary>
/// <param name="Work">The work, with the session that sends in place of the chat's own.</param>
/// <param name="Bubble">The bubble as that session sends it.</param>
/// <param name="Content">Its content, sealed, where the address is another one; null = as stored.</param>
/// <param name="IsStandIn">It goes through another session than its chat's.</param>
internal sealed record BubbleRoute(LaneWork Work, Bubble Bubble, byte[]? Content, bool IsStandIn);

/// <summary>
/// The session that a bubble goes through: its chat's, or a stand-in. What may have been sent through a session stays with it until that is settled, and
/// the rest of an answer follows its beginning while that can send at all.
/// </summary>
internal sealed class BubbleRoutes(StandIns standIns, StandInStore store)
{
    /// <summary>The work as the session sees it that a bubble was claimed for.</summary>
    public static LaneWork Claimed(LaneWork work, Bubble bubble) => Through(work, bubble.SessionIn(work.Chat));

    public async ValueTask<BubbleRoute> FindAsync(LaneWork work, Bubble bubble, BubbleSettlement? resent, CancellationToken cancellationToken)
    {
        // To be repeated: the session that may have sent it knows its id.
        if (resent is not null || bubble.WasGuessed || bubble.State == "sending")
            return new BubbleRoute(Claimed(work, bubble), bubble, null, bubble.SessionIn(work.Chat) != work.Chat.Session);
        // Refused by one stand-in it goes back to the chat's own session, and not from number to number.
        if (standIns.Of(work.Chat) is not { } standIn || (bubble.Content.Own is not null && bubble.SessionIn(work.Chat) != standIn))
            return Home(work, bubble);
        var facts = await store.LookAsync(work.Chat.Lane, bubble, cancellationToken);
        if ((facts.BegunBy == work.Chat.Session && !standIns.IsGone(work.Chat.Session)) || AddressOf(facts) is not { } address)
            return Home(work, bubble);
        return Readdress(Through(work, standIn), Move(bubble, standIn), bubble.Content.For(address), isStandIn: true);
    }

    /// <summary>Also of one that a stand-in was refused: with the quote and the address that it had.</summary>
    private BubbleRoute Home(LaneWork work, Bubble bubble) => Readdress(work, Move(bubble, work.Chat.Session), bubble.Content.Home(), isStandIn: false);

    private BubbleRoute Readdress(LaneWork work, Bubble bubble, BubbleContent content, bool isStandIn) =>
        new(work, bubble with { Content = content }, content == bubble.Content ? null : store.Seal(bubble, content), isStandIn);

    private static string? AddressOf(StandInFacts facts) => facts.Phone is { } phone ? ChatId.OfPhone(phone).ToString() : facts.Lid is { } lid ? lid + "@lid" : null;

    /// <summary>An id that another session gave means nothing in this one, and a place in another one's budget is none here.</summary>
    private static Bubble Move(Bubble bubble, string session) => bubble.Session == session || bubble.Session.Length == 0 ? bubble : bubble with { Session = session, RawId = null, IsBooked = false };

    private static LaneWork Through(LaneWork work, string session) => work.Chat.Session == session ? work : work with { Chat = work.Chat with { Session = session } };
}
