using System.Globalization;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Gateway.Simulator.Faults;

/// <summary>
/// What becomes of one message, told in its chat from what was seen: the Gateway's answers to its webhooks, WAHA's refusals, the breaker, and
/// the journey that the product itself keeps. Nothing is told because it should happen.
/// </summary>
internal sealed class FaultStory(
    SimulatedChat chat, SimulatedMessage message, Fault? fault, string session, ModelSwitch model, ProductView product, TimeProvider time)
{
    private readonly HashSet<string> _answers = [];
    private int _refusals;
    private int _attempts = 1;
    private bool _isPersonTold;
    private bool _isWaitTold;
    private bool _isBreakerTold;

    /// <summary>Nothing more will happen.</summary>
    public bool IsOver { get; private set; }

    /// <summary>What the phone saw.</summary>
    /// <param name="changes">In order.</param>
    /// <param name="lead">Whether this story tells what concerns the whole chat.</param>
    public void Tell(IEnumerable<ChatChange> changes, bool lead)
    {
        foreach (var change in changes)
        {
            if (change is ChatChange.Webhook { Value: { Event: "message" } report } && report.RawId == message.RawId)
                Tell(report);
            else if (change is ChatChange.Message { Value: { FromBot: true, ByHuman: false } answer })
                _answers.Add(answer.RawId);
            else if (change is ChatChange.Refused refused)
                Tell(refused, lead);
        }

        if (lead && _refusals > 0 && !_isBreakerTold && product.BreakerOf(session) is { State: not BreakerState.Closed } breaker)
        {
            _isBreakerTold = true;
            var wait = breaker.RetryAt - time.GetUtcNow();
            chat.Notice("breaker.open", ("name", breaker.Name), ("seconds", Number((int)Math.Ceiling(Math.Max(0, wait?.TotalSeconds ?? 0)))));
        }
    }

    /// <summary>What the product knows of it.</summary>
    public void Tell(Journey journey)
    {
        if (fault == Fault.Lid && !_isPersonTold && journey.Lane is { } lane)
        {
            _isPersonTold = true;
            var before = chat.Messages().LastOrDefault(earlier => !earlier.FromBot && earlier.Sequence < message.Sequence && earlier.Place.JidAlt is null);
            var isSame = before is not null && product.JourneyOf(session, before.RawId)?.Lane == lane;
            chat.Notice(isSame ? "lid.same" : "lid.known", ("name", message.Place.Holder.Name), ("lid", message.Place.ChatId));
        }

        if (journey.Outcome == JourneyOutcome.InProgress && model.Slow.IsOn && !_isWaitTold)
        {
            _isWaitTold = true;
            chat.Notice("slow-model.waits");
        }

        // That an attempt came to nothing is known when the next one begins.
        if (journey.Attempts > _attempts)
        {
            _attempts = journey.Attempts;
            chat.Notice("attempt.failed", ("attempt", Number(_attempts - 1)), ("next", Number(_attempts)));
        }

        switch (journey.Outcome)
        {
            case JourneyOutcome.Sent or JourneyOutcome.Delivered or JourneyOutcome.Read:
                TellAnswer(journey);
                break;
            case JourneyOutcome.Dead or JourneyOutcome.Discarded:
                End("dead", ("attempts", Number(journey.Attempts)), ("reference", journey.Reference ?? "?"));
                break;
            case JourneyOutcome.Ignored when journey.Reason is "human_talks" or "human_answered" or "human_took_over" or "bot_off":
                End("human.silent");
                break;
            case JourneyOutcome.Ignored or JourneyOutcome.Limited or JourneyOutcome.Denied:
                IsOver = true;
                break;
        }
    }

    private void Tell(WebhookReport report)
    {
        if (!report.Delivered)
        {
            if (report.GaveUp)
                End("webhook.lost", ("attempt", Number(report.Attempt)));
            else
                chat.Notice(report.Status is null ? "webhook.silent" : "webhook.refused", ("status", Number(report.Status ?? 0)), ("attempt", Number(report.Attempt)));
            return;
        }

        if (report.Attempt > 1)
            chat.Notice("webhook.stored", ("attempt", Number(report.Attempt)), ("status", Number(report.Status ?? 0)));
        switch (report.Outcome)
        {
            case "accepted" when fault == Fault.Group:
                chat.Notice("group.taken");
                break;
            case "held":
                chat.Notice("lid.held");
                break;
            case "ignored" when fault == Fault.GroupAside:
                End("group.ignored");
                break;
            case "ignored" or "limited" or "denied":
                End("webhook.outcome", ("outcome", report.Outcome));
                break;
        }
    }

    private void Tell(ChatChange.Refused refused, bool lead)
    {
        _refusals++;
        if (lead)
            chat.Notice("send.refused", ("seconds", Seconds(refused.After)), ("attempt", Number(_refusals)));
    }

    private void TellAnswer(Journey journey)
    {
        var bubbles = journey.Steps
            .Where(step => step.Kind is JourneyStepKind.Accepted or JourneyStepKind.FoundInChat)
            .DistinctBy(step => step.Bubble)
            .ToList();
        var sent = bubbles.Max(step => step.At) ?? time.GetUtcNow();
        // The phone's own count against the product's: other answers of the same moment make it differ, and then nothing is claimed.
        End(
            _answers.Count == bubbles.Count ? "answered.once" : "answered",
            ("attempts", Number(journey.Attempts)), ("seconds", Seconds(sent - message.At)));
    }

    private void End(string code, params ReadOnlySpan<(string Name, string Value)> values)
    {
        IsOver = true;
        chat.Notice(code, values);
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(TimeSpan span) => Math.Max(0, span.TotalSeconds).ToString("0.0", CultureInfo.InvariantCulture);
}
