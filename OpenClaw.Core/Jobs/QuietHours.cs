using System.Globalization;

namespace OpenClaw.Core.Jobs;

/// <summary>A part of every day; it may go past midnight.</summary>
/// <param name="From">Begins.</param>
/// <param name="To">Is over.</param>
public sealed record QuietHours(TimeOnly From, TimeOnly To)
{
    /// <summary>Reads <c>22:00-07:00</c>; null when it is not of that form or of no length.</summary>
    public static QuietHours? Parse(string text) =>
        text.Split('-') is [var from, var to] && Read(from) is { } start && Read(to) is { } end && start != end ? new QuietHours(start, end) : null;

    /// <summary>When they are over, where <paramref name="now"/> lies in them; else null.</summary>
    public DateTimeOffset? EndsAfter(DateTimeOffset now, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(now, zone).DateTime;
        var clock = TimeOnly.FromDateTime(local);
        if (!clock.IsBetween(From, To))
            return null;
        var day = DateOnly.FromDateTime(local);
        return LocalTime.At((clock < To ? day : day.AddDays(1)).ToDateTime(To), zone);
    }

    private static TimeOnly? Read(string text) =>
        TimeOnly.TryParseExact(text.Trim(), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
}
