using System.Globalization;
using OpenClaw.Core.Queue.Journeys;

namespace OpenClaw.Worker.Commands;

/// <summary>A journey in plain Portuguese or English, with the times of the person who asks.</summary>
internal sealed class WhyStory(bool portuguese, TimeZoneInfo zone)
{
    public string Tell(Journey journey)
    {
        var bubbles = journey.Steps.Where(step => step.Bubble is not null).Select(step => step.Bubble!.Value).Distinct().Order().ToList();
        var lines = journey.Steps.Select(step => $"- {Time(step.At)}{Part(step, bubbles)}{WhyWords.Of(step, portuguese)}");
        return $"{Heading(journey)}\n\n{string.Join('\n', lines)}";
    }

    private string Heading(Journey journey)
    {
        var day = journey.Steps.Count > 0 && journey.Steps[0].At is { } first ? Local(first).ToString(portuguese ? "dd/MM/yyyy" : "yyyy-MM-dd", CultureInfo.InvariantCulture) : null;
        var code = journey.Reference is null ? null : Say($"código {journey.Reference}", $"code {journey.Reference}");
        var facts = string.Join(", ", new[] { code, day }.OfType<string>());
        var late = journey.IsLate ? Say(" Veio fora de ordem, depois de mensagens mais novas.", " It came out of order, after younger messages.") : "";
        return $"**{WhyWords.Of(journey.Outcome, portuguese)}**{(facts.Length > 0 ? $" ({facts})" : "")}{Because(journey)}{late}";
    }

    private string Because(Journey journey) =>
        journey.Reason is { } reason && journey.Outcome is JourneyOutcome.Dead or JourneyOutcome.Unknown or JourneyOutcome.Discarded or JourneyOutcome.Ignored or JourneyOutcome.Limited
            or JourneyOutcome.Denied or JourneyOutcome.Held
            ? $": {WhyReasons.Of(reason, portuguese)}."
            : ".";

    /// <summary>Which part of an answer in several bubbles.</summary>
    private string Part(JourneyStep step, List<long> bubbles) =>
        step.Bubble is { } bubble && bubbles.Count > 1 ? Say($"parte {bubbles.IndexOf(bubble) + 1}: ", $"part {bubbles.IndexOf(bubble) + 1}: ") : "";

    private string Time(DateTimeOffset? at) => at is { } time ? Local(time).ToString("HH:mm:ss", CultureInfo.InvariantCulture) + " " : Say("(hora não guardada) ", "(time not kept) ");

    private DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, zone);

    private string Say(string inPortuguese, string inEnglish) => portuguese ? inPortuguese : inEnglish;
}
