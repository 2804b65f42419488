using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <param name="Lost">Acknowledged, and in no delivered bubble.</param>
/// <param name="Twice">Delivered more than once, in two bubbles or in one.</param>
/// <param name="OutOfOrder">Answered after a later message of its chat although it was there when that one was taken.</param>
/// <param name="Late">Answered after a later message of its chat because it arrived after that one was acknowledged: allowed.</param>
/// <param name="Misdirected">Delivered to another chat.</param>
/// <param name="WithoutMessage">Bubbles that answer no message: apologies.</param>
internal sealed record AuditResult(int Lost, int Twice, int OutOfOrder, int Late, int Misdirected, int WithoutMessage);

/// <summary>Holds what the phone has seen against what was sent.</summary>
internal static class AnswerAudit
{
    /// <param name="messages">All messages; the index is the number.</param>
    /// <param name="bubbles">All delivered bubbles, in order of delivery.</param>
    public static AuditResult Examine(IReadOnlyList<TrackedMessage> messages, IReadOnlyList<LoggedMessage> bubbles)
    {
        var deliveries = new int[messages.Count];
        var answeredByChat = new Dictionary<string, List<TrackedMessage>>(StringComparer.Ordinal);
        int outOfOrder = 0, late = 0, misdirected = 0, withoutMessage = 0;
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

                if (!answeredByChat.TryGetValue(message.ChatId, out var answered))
                {
                    answeredByChat.Add(message.ChatId, answered = []);
                }

                var overtakenBy = answered.Where(a => a.Number > message.Number).ToArray();
                if (Array.Exists(overtakenBy, a => message.ReachedAt <= a.AcknowledgedAt))
                {
                    outOfOrder++;
                }
                else if (overtakenBy.Length > 0)
                {
                    late++;
                }

                answered.Add(message);
            }
        }

        return new AuditResult(
            messages.Count(m => m.IsAcknowledged && deliveries[m.Number] == 0),
            deliveries.Count(d => d > 1),
            outOfOrder,
            late,
            misdirected,
            withoutMessage);
    }

    /// <summary>How many acknowledged messages are in no bubble yet.</summary>
    public static int Unanswered(IReadOnlyList<TrackedMessage> messages, IReadOnlyList<LoggedMessage> bubbles)
    {
        var answered = bubbles.SelectMany(b => MessageToken.ReadAll(b.Text)).ToHashSet();
        return messages.Count(m => m.IsAcknowledged && !answered.Contains(m.Number));
    }
}
