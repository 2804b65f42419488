using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Scenarios;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load;

/// <summary>Plants every fault that the audit is there for, and shows that it names the very messages.</summary>
internal static class AuditCheck
{
    private const int Ana = 0;
    private const int Bruno = 1;

    public static IEnumerable<Measurement> Run() => [.. Kill(), .. Chaos()];

    private static IEnumerable<Measurement> Kill()
    {
        TrackedMessage[] messages = [.. Enumerable.Range(0, 8).Select(i => Message(i, i < 6 ? Ana : Bruno, reached: i, acknowledged: i))];
        messages[3] = Message(3, Ana, reached: 40, acknowledged: 40);
        var audit = AnswerAudit.Examine(
            messages,
            [
                Bubble(Ana, 0, 2), // 1 is overtaken although it was there
                Bubble(Ana, 1),
                Bubble(Ana, 4), // 3 arrives afterwards: late
                Bubble(Ana, 3),
                Bubble(Ana, 4), // twice
                Bubble(Ana, 6), // Bruno's; 5 and 7 are lost
                Apology(Bruno),
            ],
            OrderRules.BothWereThere);
        yield return new("kill: lost, of 2", "", audit.Lost, new Goal("=", 2));
        yield return Found("kill: answered twice, of 1", audit.Twice, 4);
        yield return Found("kill: out of order, of 1", audit.OutOfOrder.Select(o => o.Message), 1);
        yield return new("kill: late, of 1", "", audit.Late, new Goal("=", 1));
        yield return new("kill: to another chat, of 1", "", audit.Misdirected, new Goal("=", 1));
        yield return new("kill: apologies, of 1", "", audit.WithoutMessage, new Goal("=", 1));
    }

    private static IEnumerable<Measurement> Chaos()
    {
        TrackedMessage[] messages =
        [
            Message(0, Ana, reached: 0, acknowledged: 10),
            Message(1, Ana, reached: 11, acknowledged: 30),
            Message(2, Ana, reached: 20, acknowledged: 25), // sent while 1 was not yet acknowledged
            Message(3, Ana, reached: 40, acknowledged: 50),
            Message(4, Ana, reached: 60, acknowledged: 70),
            Message(5, Ana, reached: 80, acknowledged: 90),
            Message(6, Ana, reached: 100, acknowledged: long.MaxValue), // WAHA gave up, but it was stored
            new(7, Ana), // never got through
            Message(8, Bruno, reached: 0, acknowledged: 10),
        ];
        var audit = AnswerAudit.Examine(
            messages,
            [
                Bubble(Ana, 0),
                Bubble(Ana, 2), // before 1: they crossed on the way, so 1 is late
                Bubble(Ana, 1),
                Bubble(Ana, 4), // before 3, which had its 202 before 4 was sent
                Bubble(Ana, 3),
                Bubble(Ana, 3, 6), // 3 twice; 5 is lost, and so is 8
            ],
            OrderRules.AcknowledgedBefore);
        yield return Found("chaos: lost, of 3", audit.Unanswered, 5, 7, 8);
        yield return Found("chaos: answered twice, of 1", audit.Twice, 3);
        yield return Found("chaos: out of order, of 1", audit.OutOfOrder.Select(o => o.Message), 3);
        yield return Found("chaos: overtaken by, of 1", audit.OutOfOrder.Select(o => o.By), 4);
        yield return new("chaos: late, of 1", "", audit.Late, new Goal("=", 1));
    }

    // Others than the planted ones count as none.
    private static Measurement Found(string figure, IEnumerable<TrackedMessage> found, params int[] planted)
    {
        var numbers = found.Select(m => m.Number).ToArray();
        return new(figure, "", numbers.SequenceEqual(planted) ? numbers.Length : 0, new Goal("=", planted.Length));
    }

    private static TrackedMessage Message(int number, int chat, long reached, long acknowledged) =>
        new(number, chat) { ReachedAt = reached, AcknowledgedAt = acknowledged };

    private static LoggedMessage Bubble(int chat, params int[] numbers) => Delivered(chat, string.Join('\n', numbers.Select(MessageToken.Of)));

    private static LoggedMessage Apology(int chat) => Delivered(chat, "Sorry");

    private static LoggedMessage Delivered(int chat, string text) => new(WebhookRequest.ChatId(chat), "", FromMe: true, text, 0, 0);
}
