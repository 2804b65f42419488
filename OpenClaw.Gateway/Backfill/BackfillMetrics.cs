using System.Diagnostics.Metrics;
using OpenClaw.Core.Queue;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Backfill;

/// <summary>How often WAHA's history was compared, what was found in it, and what is lost.</summary>
internal sealed class BackfillMetrics
{
    private readonly Counter<long> _runs;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _gaps;

    public BackfillMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("OpenClaw.Gateway");
        _runs = meter.CreateCounter<long>("openclaw.backfill.runs", "{run}", "Comparisons of a session's whole history since its mark, by cause and result.");
        _messages = meter.CreateCounter<long>("openclaw.backfill.messages", "{message}", "Messages that were read back and not known, by what became of them.");
        _gaps = meter.CreateCounter<long>("openclaw.backfill.gaps", "{gap}", "Times of which messages may be lost for good, by reason.");
    }

    public void Ran(ReadBackCause cause, ComparisonEnd end) => _runs.Add(1, new("openclaw.cause", Word(cause)), new("openclaw.result", Word(end)));

    public void Stored(IntakeOutcome outcome) => _messages.Add(1, new KeyValuePair<string, object?>("openclaw.outcome", WebhookAnswers.NameOf(outcome)));

    public void Lost(string reason) => _gaps.Add(1, new KeyValuePair<string, object?>("openclaw.reason", reason));

    private static string Word(ReadBackCause cause) => cause switch
    {
        ReadBackCause.Start => "start",
        ReadBackCause.BackToWork => "back_to_work",
        ReadBackCause.Refused => "refused",
        ReadBackCause.Routine => "routine",
        _ => "gap",
    };

    private static string Word(ComparisonEnd end) => end switch
    {
        ComparisonEnd.Done => "done",
        ComparisonEnd.NotKept => "history_not_kept",
        ComparisonEnd.NotListed => "chats_unreadable",
        ComparisonEnd.TakenOver => "taken_over",
        _ => "interrupted",
    };
}
