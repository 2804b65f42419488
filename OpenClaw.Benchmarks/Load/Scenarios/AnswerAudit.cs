using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <param name="Message">Answered too late.</param>
/// <param name="By">A later message of its chat that was answered before it.</param>
internal sealed record Overtaken(TrackedMessage Message, TrackedMessage By);

/// <param name="Unanswered">In no delivered bubble.</param>
/// <param name="Twice">Delivered more than once, in two bubbles or in one.</param>
/// <param name="OutOfOrder">Answered after a later message of its chat, against the rule.</param>
/// <param name="Late">Answered after a later message of its chat, which the rule allows.</param>
/// <param name="Misdirected">How often an answer went to another chat.</param>
/// <param name="WithoutMessage">Bubbles that answer no message: apologies.</param>
internal sealed record AuditResult(
    IReadOnlyList<TrackedMessage> Unanswered,
    IReadOnlyList<TrackedMessage> Twice,
    IReadOnlyList<Overtaken> OutOfOrder,
    int Late,
    int Misdirected,
    int WithoutMessage)
{
    /// <summary>Acknowledged, and in no delivered bubble.</summary>
    public int Lost => Unanswered.Count(m => m.IsAcknowledged);
}

/// <summary>Holds what the phone has seen against what was sent.</summary>
internal static class AnswerAudit
{
    /// <param name="messages">All messages; the index is the number.</param>
    /// <param name="bubbles">All delivered bubbles, in order of delivery.</param>
    /// <param name="mustPrecede">Whether the first message had to be answered before the second, which was written later in its chat. See <see cref="OrderRules"/>.</param>
    public static AuditResult Examine(
        IReadOnlyList<TrackedMessage> messages, IReadOnlyList<LoggedMessage> bubbles, Func<TrackedMessage, TrackedMessage, bool> mustPrecede)
    {
        var deliveries = new int[messages.Count];
        var answeredByChat = new Dictionary<int, List<TrackedMessage>>();
        List<Overtaken> outOfOrder = [];
        int late = 0, misdirected = 0, withoutMessage = 0;
        foreach (var bubble in bubbles)
        {
            var numbers = MessageToken.ReadAll(bubble.Text).Where(n => n < messages.Count).ToArray();
            withoutMessage += numbers.Length == 0 ? 1 : 0;
            foreach (var message in numbers.Select(n => messages[n]))
            {
                misdirected += message.ChatId == bubble.ChatId ? 0 : 1;
                if (++deliveries[message.Number] > 1)
                {
                    continue;
                }

                if (!answeredByChat.TryGetValue(message.Chat, out var answered))
                {
                    answeredByChat.Add(message.Chat, answered = []);
                }

                var overtakenBy = answered.Where(a => a.Number > message.Number).ToArray();
                if (Array.Find(overtakenBy, a => mustPrecede(message, a)) is { } wrongly)
                {
                    outOfOrder.Add(new Overtaken(message, wrongly));
                }
                else if (overtakenBy.Length > 0)
                {
                    late++;
                }

                answered.Add(message);
            }
        }

        return new AuditResult(
            [.. messages.Where(m => deliveries[m.Number] == 0)],
            [.. messages.Where(m => deliveries[m.Number] > 1)],
            outOfOrder,
            late,
            misdirected,
            withoutMessage);
    }

    /// <summary>The messages that are in no bubble yet.</summary>
    public static IEnumerable<TrackedMessage> Unanswered(IReadOnlyList<TrackedMessage> messages, IReadOnlyList<LoggedMessage> bubbles)
    {
        var answered = bubbles.SelectMany(b => MessageToken.ReadAll(b.Text)).ToHashSet();
        return messages.Where(m => !answered.Contains(m.Number));
    }
}
