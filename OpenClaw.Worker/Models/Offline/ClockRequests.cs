using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>"que horas são?", "que dia é hoje?", "horas em Lisboa", "what time is it in Tokyo?".</summary>
internal static partial class ClockRequests
{
    public static OfflineRequest? Read(FoldedText wish, OfflineLanguage language)
    {
        var asksDate = Date().IsMatch(wish.Folded);
        if (!asksDate && !Time().IsMatch(wish.Folded))
            return null;

        string? unknown = null;
        foreach (Match preposition in Preposition().Matches(wish.Folded))
        {
            var place = wish.From(preposition.Index + preposition.Length);
            place = place.Slice(0, place.Original.Length - Tail().Match(place.Folded).Length);
            if (PlaceZones.Find(place) is { } zone)
                return Ask(zone, Capitalise($"{preposition.Value.Trim()} {Name(place.Original)}"));
            if (preposition.Groups["at"].Success && !place.IsEmpty && !NoPlace().IsMatch(place.Folded))
                unknown = place.Original;
        }

        if (unknown is not null)
            return new OfflineRequest(OfflineTopic.UnknownPlace, language, Label: unknown);

        // "horário de funcionamento" asks the shop, not the clock.
        return OfSomething().IsMatch(wish.Folded) ? null : Ask(null, null);

        OfflineRequest Ask(string? zone, string? label) =>
            new(OfflineTopic.Clock, language, OfflineCall.To(OfflineCall.Clock, ("timezone", zone)), label, asksDate);
    }

    private static string Name(string place) => place.Any(char.IsUpper)
        ? place
        : string.Join(' ', place.Split(' ').Select(word => word is "de" or "da" or "do" or "of" or "the" ? word : Capitalise(word)));

    private static string Capitalise(string word) => word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];

    [GeneratedRegex(
        @"\b(que|q|qe|ke|quais|quantas)\s+(horas?|hrs?|oras?)\s*(sao|e|eh|tem|agora|ai|hj|em|no|na|nos|nas)\b|\b(que|q|qe|ke)\s+(horas?|hrs?|oras?)\s*[?!.]*$|^(as\s+|a\s+)?(horas?|hrs|horario)(\s+(agora|atual|certas?|local))*(\s+(em|no|na|nos|nas|de|do|da)\b|\s*[?!.]*$)|\b(hora|horas|horario)\s+(atual|certas?|local)\b|\b(diz|diga|fala|fale|informa|informe|ve|veja)\s+as?\s+horas?\b|\bque\s+sao\s+horas\b|\bwh?at\s+time(\s+(is\s+it|it\s+is|now|in|at)\b|\s*[?!.]*$)|\bwh?at\s*('?s|\s+is)\s+(the\s+)?(current\s+|local\s+|exact\s+)?time\b|\b(current|local|exact)\s+time\b|^(the\s+)?time(\s+(is\s+it|now|please))?(\s+(in|at)\b|\s*[?!.]*$)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Time();

    [GeneratedRegex(
        @"\b(que|q|qual)\s+(e\s+)?(o\s+)?dia\b.*\bhoje\b|\bhoje\s+(e|eh)\s+(que|q|qual)\s+dia\b|\bque\s+dia\s+(e|eh|estamos)\s*([?!.]*$|(em|no|na|agora|ai)\b)|\b(que|qual)(\s+e|\s+eh)?(\s+a)?\s+data(\s+(de\s+)?hoje|\s+atual|\s*[?!.]*$|\s+(em|no|na)\b)|\bdata\s+(de\s+)?(hoje|atual)\b|\bdia\s+(de\s+)?hoje\b|\bdia\s+da\s+semana\b|\bem\s+que\s+(dia|data|mes|ano)\s+estamos\b|\bque\s+(mes|ano)\s+(e|eh|estamos)\b|^(a\s+)?(data|date)\s*[?!.]*$|\bwh?at\s+(day|date)\s+(is\s+(it|today)|it\s+is|today)\b|\bwh?at\s*('?s|\s+is)\s+((the|today'?s|current)\s+)*(date|day)(\s+(today|now|in)\b|\s*[?!.]*$)|\btoday'?s\s+date\b|\bcurrent\s+date\b|\bday\s+of\s+the\s+week\b|\bwh?at\s*('?s|\s+is)\s+today\b",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Date();

    [GeneratedRegex(@"\b((?<at>em|no|na|nos|nas|in|at)|de|do|da|of|for)\s+(?=\S)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Preposition();

    [GeneratedRegex(@"(\s+(agora|hoje|right\s+now|now|today|neste\s+momento|atualmente))*[\s?!.,]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Tail();

    [GeneratedRegex(@"^(que|(neste|este|the|this)\s+)|^(momento|moment|semana|casa)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NoPlace();

    [GeneratedRegex(@"^(horas?|horario)\s+(de|do|da)\b(?!\s+(agora|hoje)\b)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex OfSomething();
}
