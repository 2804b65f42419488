using System.Globalization;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>
/// The clock skill's result as a sentence:
/// <code>
/// 2026-11-22T07:43:00-03:00
/// Sunday
/// America/Sao_Paulo
/// </code>
/// </summary>
internal static partial class ClockPhrase
{
    private static readonly string[] PortugueseDays = ["domingo", "segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado"];

    private static readonly string[] PortugueseMonths =
        ["janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro", "outubro", "novembro", "dezembro"];

    private static readonly CultureInfo English = CultureInfo.InvariantCulture;

    /// <summary>The sentence, or null when the result does not begin with a time (an unknown zone, for example).</summary>
    public static string? Of(string result, OfflineRequest request)
    {
        var end = result.AsSpan().IndexOfAny(" \r\n,(");
        var first = end < 0 ? result : result[..end];
        if (!DateTimeOffset.TryParse(first, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            return null;

        var zone = ZoneId().Match(result, first.Length);
        var suffix = zone.Success ? $" ({zone.Value})" : "";
        return (request.Language == OfflineLanguage.English ? InEnglish(moment, request) : InPortuguese(moment, request)) + suffix + ".";
    }

    /// <summary>"domingo, 22 de novembro de 2026", "Sunday, 22 November 2026".</summary>
    public static string Day(DateTimeOffset moment, OfflineLanguage language) => language == OfflineLanguage.English
        ? moment.ToString("dddd, d MMMM yyyy", English)
        : $"{PortugueseDays[(int)moment.DayOfWeek]}, {moment.Day.ToString(English)} de {PortugueseMonths[moment.Month - 1]} de {moment.Year.ToString(English)}";

    private static string InPortuguese(DateTimeOffset moment, OfflineRequest request)
    {
        var day = Day(moment, OfflineLanguage.Portuguese);
        var verb = moment.Hour == 1 ? "é" : "são";
        var time = moment.ToString("HH:mm", English);
        return (request.AsksDate, request.Label) switch
        {
            (true, null) => $"Hoje é {day}, e agora {verb} {time}",
            (true, { } place) => $"{place} é {day}, e agora {verb} {time}",
            (false, null) => $"{(moment.Hour == 1 ? "É" : "São")} {time} de {day}",
            (false, { } place) => $"{place} {verb} {time} de {day}",
        };
    }

    private static string InEnglish(DateTimeOffset moment, OfflineRequest request)
    {
        var day = Day(moment, OfflineLanguage.English);
        var time = moment.ToString("HH:mm", English);
        return (request.AsksDate, request.Label) switch
        {
            (true, null) => $"Today is {day}, and it's {time} now",
            (true, { } place) => $"{place} it's {day}, {time} now",
            (false, null) => $"It's {time} on {day}",
            (false, { } place) => $"{place} it's {time} on {day}",
        };
    }

    [GeneratedRegex(@"\b([A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+|UTC|GMT)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ZoneId();
}
