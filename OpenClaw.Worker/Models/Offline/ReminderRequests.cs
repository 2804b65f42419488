using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>
/// "me lembra em 10 minutos de tirar o bolo", "lembra de ligar pro João às 15h", "remind me in 2 hours to call mom", "quais lembretes eu
/// tenho?", "cancela o lembrete 2".
/// </summary>
internal static partial class ReminderRequests
{
    public static OfflineRequest? Read(FoldedText wish, OfflineLanguage language)
    {
        if (Listing().IsMatch(wish.Folded))
            return new(OfflineTopic.ListReminders, language, OfflineCall.To(OfflineCall.ListReminders));
        if (Cancelling().Match(wish.Folded) is { Success: true } cancel)
            return new(OfflineTopic.CancelReminder, language, OfflineCall.To(OfflineCall.CancelReminder, ("number", ReminderMoment.Number(cancel.Groups["number"]))));
        return Setting().Match(wish.Folded) is { Success: true } setting ? ReadSetting(wish.From(setting.Length), setting.Groups["vague"].Success, language) : null;
    }

    private static OfflineRequest? ReadSetting(FoldedText rest, bool isVague, OfflineLanguage language)
    {
        // The time stands in front of what is to be done, or behind it; a time in the middle belongs to the text.
        var (moment, text) = ReminderMoment.AtStart(rest) ?? ReminderMoment.AtEnd(rest) ?? (null, rest);
        text = WithoutConnectors(text);
        if (moment is null || text.IsEmpty)
            return isVague || rest.Folded.EndsWith('?') ? null : new(OfflineTopic.UnclearReminder, language);
        var call = OfflineCall.To(OfflineCall.SetReminder, ("text", text.Original), ("time", moment.Time), ("in_minutes", moment.InMinutes));
        return new(OfflineTopic.SetReminder, language, call, text.Original);
    }

    private static FoldedText WithoutConnectors(FoldedText text)
    {
        text = text.From(Connector().Match(text.Folded).Length);
        return text.Slice(0, text.Original.Length - End().Match(text.Folded).Length).Trim();
    }

    [GeneratedRegex(
        @"^(quais|que|quantos|what|which|lista|liste|list|mostra|mostre|show|ve|ver|veja|tenho|do\s+i\s+have|have\s+i)\s+(\S+\s+){0,3}?(lembretes|reminders)\b.{0,30}$|^((os|the)\s+)?((meus|my)\s+)?(lembretes|reminders)\s*[?!.]*$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listing();

    [GeneratedRegex(
        @"^(cancel[ae]?r?|apag[aue]+r?|remov[ae]r?|exclu[ia]r?|exclui|tir[ae]r?|delete|remove|drop)\s+((o|meu|the|my)\s+)?(lembrete|reminder)\s*(numero|n[o.º°]?|number|no\.?|#)?\s*(?<number>\d{1,6})\s*[?!.]*$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Cancelling();

    [GeneratedRegex(
        @"^(remind\s+me|lembr(a|e|ar|ete|em)([\s-]+me)?|(cri[ae]r?|coloc[ae]r?|poe|por|faz|faca|marc[ae]r?|bot[ae]r?)\s+(um\s+)?lembrete|(set|create|make|add)\s+(a\s+)?reminder|(?<vague>avis[ae]r?))(?=[\s,:]|$)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Setting();

    [GeneratedRegex(@"^[\s,:;-]*((de\s+que|que|de|para|pra|pro|a|to|that|about|of|for)\s+)?", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Connector();

    [GeneratedRegex(@"[\s.!,;]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex End();
}
