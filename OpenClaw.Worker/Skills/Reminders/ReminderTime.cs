using System.Globalization;
using System.Text.RegularExpressions;
using OpenClaw.Core.Jobs;

namespace OpenClaw.Worker.Skills.Reminders;

/// <summary>When a reminder is meant, from what the model wrote.</summary>
internal static partial class ReminderTime
{
    /// <summary>Nobody means a time farther away; it is a slip.</summary>
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(5 * 366);

    /// <summary>A model that was slow may name the minute that has just begun.</summary>
    private static readonly TimeSpan JustPassed = TimeSpan.FromMinutes(1);

    private static readonly string[] WithOffset = ["yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm'Z'", "yyyy-MM-dd'T'HH:mm:ss'Z'"];
    private static readonly string[] Local = ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"];

    /// <exception cref="SkillException">Not readable, past, or too far away.</exception>
    public static DateTimeOffset Read(string? time, int? inMinutes, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (string.IsNullOrWhiteSpace(time) == inMinutes is null)
            throw SkillException.Refused("Give either 'time' or 'in_minutes'.", "bad_argument");
        var at = inMinutes is { } minutes ? now + TimeSpan.FromMinutes(minutes) : Read(time!.Trim(), now, zone) ?? throw SkillException.Refused(
            "The parameter 'time' must be like 2026-11-23T15:00, 15:00, today 15:00 or tomorrow 15:00.", "bad_argument");
        if (inMinutes < 0 || at <= now - JustPassed)
            throw SkillException.Refused("That time is in the past.", "in_the_past");
        return at - now > Farthest ? throw SkillException.Refused("That time is more than five years away.", "too_far") : at;
    }

    private static DateTimeOffset? Read(string text, DateTimeOffset now, TimeZoneInfo zone)
    {
        if (DateTimeOffset.TryParseExact(text, WithOffset, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            return moment.ToUniversalTime();
        if (DateTime.TryParseExact(text, Local, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return LocalTime.At(local, zone);
        if (Clock().Match(text) is not { Success: true } clock
            || !TimeOnly.TryParseExact(clock.Groups["time"].Value, ["H:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return null;
        }

        var today = TimeZoneInfo.ConvertTime(now, zone).Date;
        if (clock.Groups["tomorrow"].Success)
            return LocalTime.At(today.AddDays(1) + time.ToTimeSpan(), zone);
        var next = LocalTime.At(today + time.ToTimeSpan(), zone);
        return next > now || clock.Groups["today"].Success ? next : LocalTime.At(today.AddDays(1) + time.ToTimeSpan(), zone);
    }

    [GeneratedRegex("^((?<today>today)|(?<tomorrow>tomorrow))?[ ]*(?<time>[0-9]{1,2}:[0-9]{2})$", RegexOptions.ExplicitCapture | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 100)]
    private static partial Regex Clock();
}
