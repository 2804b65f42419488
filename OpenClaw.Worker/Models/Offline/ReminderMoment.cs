using System.Globalization;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>A time as people write it, in the words of <c>set_reminder</c>: the skill knows the date and the person's zone.</summary>
/// <param name="Time"><c>15:00</c>, <c>today 15:00</c>, <c>tomorrow 09:00</c>; null where minutes are meant.</param>
/// <param name="InMinutes">Minutes from now.</param>
internal sealed partial record ReminderMoment(string? Time, int? InMinutes)
{
    /// <summary>Whoever says only "tomorrow" is reminded in the morning.</summary>
    private const string Morning = "09:00";

    private const string Span =
        @"(em|daqui(\s+a)?|dentro\s+de|in|after)\s+((?<count>\d{1,5}|um|uma|dois|duas|tres|an?|one|two|three|meia|half\s+an?)\s*)(?<unit>minutos?|min|mins?|minutes?|horas?|hrs?|hours?|h|dias?|days?|d|semanas?|weeks?)(?![a-z])(\s*(?<half>e\s+meia|and\s+a\s+half)|(?<=h)(?<more>\d{2})\b|\s*(e|and)\s+(?<more>\d{1,2})\s*(minutos?|mins?|minutes?)\b)?";

    private const string Day = @"((?<tomorrow>amanha|tomorrow)|(?<today>hoje|today|tonight))";

    private const string Clock =
        @"((ao|at)\s+)?((?<noon>meio[\s-]?dia|noon)|(?<midnight>meia[\s-]?noite|midnight))|(as|a|at|pelas|para\s+as|pras)\s+(?<hour>\d{1,2})(\s*(h|:|hs|hrs)\s*(?<minute>\d{2})\b|\s*(horas?|hrs?|hs|h|o'?clock)\b)?(\s+e\s+(?<past>meia)\b)?(\s*((?<am>am|a\.m\.?)|(?<pm>pm|p\.m\.?)))?(\s+((?<am>da\s+(manha|madrugada)|in\s+the\s+morning)|(?<pm>da\s+(tarde|noite)|in\s+the\s+(afternoon|evening)|at\s+night)))?(?![\d:])";

    private const string Moment = $@"({Span}|({Day}[\s,]+)({Clock})|({Clock})([\s,]+(de\s+)?{Day})?|{Day})";

    public static (ReminderMoment? Moment, FoldedText Text)? AtStart(FoldedText text) =>
        Read(StartsWith().Match(text.Folded)) is { } found ? (found.Moment, text.From(found.Length)) : null;

    public static (ReminderMoment? Moment, FoldedText Text)? AtEnd(FoldedText text)
    {
        var match = EndsWith().Match(text.Folded);
        return Read(match) is { } found ? (found.Moment, text.Slice(0, match.Index)) : null;
    }

    public static int Number(Group digits) => int.Parse(digits.ValueSpan, CultureInfo.InvariantCulture);

    private static (ReminderMoment Moment, int Length)? Read(Match match)
    {
        if (!match.Success)
            return null;
        var moment = match.Groups["unit"].Success ? FromNow(match) : ByTheClock(match);
        return moment is null ? null : (moment, match.Length);
    }

    private static ReminderMoment? FromNow(Match match)
    {
        var unit = match.Groups["unit"].ValueSpan switch
        {
            ['m', 'i', ..] => 1,
            ['h', ..] => 60,
            ['d', ..] => 24 * 60,
            ['s' or 'w', ..] => 7 * 24 * 60,
            _ => 0,
        };
        var count = match.Groups["count"].Value switch
        {
            "um" or "uma" or "a" or "an" or "one" => 1.0,
            "dois" or "duas" or "two" => 2,
            "tres" or "three" => 3,
            "meia" or "half an" or "half a" => 0.5,
            { Length: > 0 } digits => int.Parse(digits, CultureInfo.InvariantCulture),
            _ => 0,
        };
        var more = match.Groups["half"].Success ? unit / 2 : match.Groups["more"].Success ? Number(match.Groups["more"]) : 0;
        var minutes = (count * unit) + more;
        return unit == 0 || minutes is < 1 or > 5_000_000 ? null : new ReminderMoment(null, (int)minutes);
    }

    private static ReminderMoment? ByTheClock(Match match)
    {
        var day = match.Groups["tomorrow"].Success ? "tomorrow " : match.Groups["today"].Success ? "today " : "";
        if (match.Groups["noon"].Success)
            return new ReminderMoment(day + "12:00", null);
        if (match.Groups["midnight"].Success)
            return new ReminderMoment(day + "00:00", null);
        if (!match.Groups["hour"].Success)
            return day == "tomorrow " ? new ReminderMoment(day + Morning, null) : null;
        var hour = Number(match.Groups["hour"]);
        var minute = match.Groups["minute"].Success ? Number(match.Groups["minute"]) : match.Groups["past"].Success ? 30 : 0;
        if (match.Groups["pm"].Success && hour < 12)
            hour += 12;
        else if (match.Groups["am"].Success && hour == 12)
            hour = 0;
        return hour > 23 || minute > 59 ? null : new ReminderMoment(string.Create(CultureInfo.InvariantCulture, $"{day}{hour:00}:{minute:00}"), null);
    }

    [GeneratedRegex($@"^[\s,:-]*{Moment}(?=[\s,.:;!]|$)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex StartsWith();

    [GeneratedRegex($@"(?<=^|[\s,]){Moment}[\s?!.,]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex EndsWith();
}
