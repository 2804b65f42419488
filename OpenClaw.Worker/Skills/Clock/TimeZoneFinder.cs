using System.Globalization;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Skills.Clock;

/// <summary>Finds a time zone by IANA id, Windows id, UTC offset, or the name of a city or country in Portuguese or English.</summary>
internal static partial class TimeZoneFinder
{
    private const int LongestName = 64;
    private const int Suggestions = 3;

    // Cities outside the table are tried as the last part of an id, so the system's several hundred zones need not be loaded.
    private static readonly string[] Regions =
        ["America", "Europe", "Asia", "Africa", "Australia", "Pacific", "Atlantic", "Indian", "America/Argentina"];

    /// <summary>Null when nothing fits.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        name = name.Trim();
        if (name.Length is 0 or > LongestName)
            return null;

        var folded = SkillText.Fold(name).Replace('_', ' ');
        if (Places.Zones.TryGetValue(folded, out var id) || Places.Zones.TryGetValue(folded.Split(',')[0].Trim(), out id))
            return System(id);

        if (OffsetPattern().Match(folded) is { Success: true } offset)
            return System(EtcIdOf(offset));

        // Ids are read as files below the zone folder, so nothing else than an id may reach the system.
        if (!IdPattern().IsMatch(name) || name.StartsWith("right/", StringComparison.OrdinalIgnoreCase))
            return null;

        if ((System(name) ?? System(Titled(folded))) is { } exact)
            return exact;

        return Regions.Select(region => System($"{region}/{Titled(folded)}")).FirstOrDefault(zone => zone is not null);
    }

    /// <summary>The nearest known places, <c>Id (Place)</c>; well-known ones when nothing is near.</summary>
    public static IReadOnlyList<string> Suggest(string name)
    {
        var folded = SkillText.Fold(SkillText.Head(name.Trim(), LongestName)).Replace('_', ' ');
        var last = folded.Split('/')[^1];
        var near = Places.Known
            .Select(place => (place.Zone, place.Name, Distance: Distance(last, SkillText.Fold(place.Name))))
            .Where(place => place.Distance <= Math.Max(2, place.Name.Length / 3))
            .OrderBy(place => place.Distance)
            .DistinctBy(place => place.Zone)
            .Take(Suggestions)
            .Select(place => $"{place.Zone} ({place.Name})")
            .ToArray();
        return near.Length > 0 ? near : ["America/Sao_Paulo (São Paulo)", "Europe/Lisbon (Lisboa)", "America/New_York (New York)"];
    }

    /// <summary>The IANA id of a zone that may have been found under its Windows id.</summary>
    public static string IanaIdOf(TimeZoneInfo zone) =>
        !zone.HasIanaId && TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var iana) ? iana : zone.Id;

    private static TimeZoneInfo? System(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;

    // POSIX turned the sign around: Etc/GMT+3 is three hours behind UTC.
    private static string EtcIdOf(Match offset)
    {
        var hours = int.Parse(offset.Groups["hours"].ValueSpan, CultureInfo.InvariantCulture);
        return hours == 0 ? "Etc/UTC" : $"Etc/GMT{(offset.Groups["sign"].ValueSpan is "-" ? '+' : '-')}{hours}";
    }

    // "america/sao paulo" -> "America/Sao_Paulo"
    private static string Titled(string folded) =>
        CultureInfo.InvariantCulture.TextInfo.ToTitleCase(folded).Replace(' ', '_')
            .Replace("_Of_", "_of_", StringComparison.Ordinal).Replace("_Es_", "_es_", StringComparison.Ordinal);

    // Edits between two short names; a name that begins with what was written counts as near.
    private static int Distance(string left, string right)
    {
        if (left.Length >= 3 && right.StartsWith(left, StringComparison.Ordinal))
            return 1;

        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }

    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_+-]*(?:[ ./][A-Za-z0-9_+-]+|[ ]?\\([A-Za-z ]+\\)|\\.(?= ))*$", RegexOptions.CultureInvariant, 100)]
    private static partial Regex IdPattern();

    [GeneratedRegex("^(?:utc|gmt) ?(?<sign>[+-])(?<hours>0?[0-9]|1[0-4])(?::?00)?$", RegexOptions.CultureInvariant, 100)]
    private static partial Regex OffsetPattern();
}
