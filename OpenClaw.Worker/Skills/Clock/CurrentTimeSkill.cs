using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Skills.Clock;

/// <summary>
/// <c>get_current_time</c>: three lines, ISO 8601 with offset, English weekday, IANA id:
/// <code>
/// 2026-11-22T10:51:03-03:00
/// Sunday
/// America/Sao_Paulo
/// </code>
/// An unknown zone is refused with near ones.
/// </summary>
internal sealed class CurrentTimeSkill(TimeProvider time) : ISkill
{
    /// <summary>The function's name.</summary>
    public const string Name = "get_current_time";

    /// <inheritdoc />
    public AIFunction Function => field ??= SkillFunction.Create(
        Now, Name, "Tells the current date, time and weekday, in the person's time zone or in another one.");

    /// <inheritdoc />
    public SkillEffect Effect => SkillEffect.Read;

    /// <inheritdoc />
    public TimeSpan Timeout => TimeSpan.FromSeconds(5);

    /// <inheritdoc />
    public int OutputLimit => 1_000;

    private string Now(
        SkillContext context,
        [Description("IANA id (Europe/Lisbon), Windows id, or a large city's name in Portuguese or English. Left out: the person's own zone.")]
        string? timezone = null)
    {
        var zone = string.IsNullOrWhiteSpace(timezone) ? context.TimeZone : TimeZoneFinder.Find(timezone) ?? throw Unknown(timezone);
        var now = TimeZoneInfo.ConvertTime(time.GetUtcNow(), zone);
        return string.Create(CultureInfo.InvariantCulture, $"{now:yyyy-MM-dd'T'HH:mm:sszzz}\n{now.DayOfWeek}\n{TimeZoneFinder.IanaIdOf(zone)}");
    }

    private static SkillException Unknown(string timezone) => SkillException.Refused(
        $"There is no time zone {SkillText.Quote(timezone)}. Near: {string.Join(", ", TimeZoneFinder.Suggest(timezone))}. "
        + "Use an IANA id such as Europe/Lisbon or the name of a large city.",
        "unknown_zone");
}
