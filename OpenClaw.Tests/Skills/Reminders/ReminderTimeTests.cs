using System.Globalization;
using OpenClaw.Core.Jobs;
using OpenClaw.Worker.Skills;
using OpenClaw.Worker.Skills.Reminders;

namespace OpenClaw.Tests.Skills.Reminders;

/// <summary>What the model writes as a time, by the person's clock; and the hours in which people sleep.</summary>
public sealed class ReminderTimeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 43, 0, TimeSpan.FromHours(-3));

    [Theory]
    [InlineData("2026-11-23T15:00", "2026-11-23T18:00:00Z")]
    [InlineData("2026-11-23T15:00:30", "2026-11-23T18:00:30Z")]
    [InlineData("2026-11-23 15:00", "2026-11-23T18:00:00Z")]
    [InlineData("2026-11-23T15:00+01:00", "2026-11-23T14:00:00Z")]
    [InlineData("2026-11-23T15:00Z", "2026-11-23T15:00:00Z")]
    [InlineData("15:00", "2026-11-22T18:00:00Z")]
    [InlineData("9:00", "2026-11-23T12:00:00Z")]
    [InlineData("today 11:00", "2026-11-22T14:00:00Z")]
    [InlineData("tomorrow 09:00", "2026-11-23T12:00:00Z")]
    public void A_time_is_by_the_persons_clock(string text, string expected) => Read(text).ShouldBe(At(expected));

    [Theory]
    [InlineData("today 09:00", "in_the_past")]
    [InlineData("2026-11-22T10:00", "in_the_past")]
    [InlineData("2040-01-01T10:00", "too_far")]
    [InlineData("25:00", "bad_argument")]
    [InlineData("soon", "bad_argument")]
    [InlineData(null, "bad_argument")]
    public void What_is_no_time_to_come_is_refused(string? text, string detail) => Should.Throw<SkillException>(() => Read(text)).Detail.ShouldBe(detail);

    [Fact]
    public void Minutes_count_from_now()
    {
        ReminderTime.Read(null, 10, Now, Zone("America/Sao_Paulo")).ShouldBe(Now.AddMinutes(10));
        Should.Throw<SkillException>(() => ReminderTime.Read(null, -1, Now, Zone("America/Sao_Paulo"))).Detail.ShouldBe("in_the_past");
        Should.Throw<SkillException>(() => ReminderTime.Read("15:00", 10, Now, Zone("America/Sao_Paulo"))).Detail.ShouldBe("bad_argument");
    }

    [Theory]
    [InlineData("2027-03-28T02:30", "2027-03-28T01:30:00Z")]
    [InlineData("2026-10-25T02:30", "2026-10-25T00:30:00Z")]
    public void A_time_that_a_clock_change_skips_or_repeats_is_one_moment(string text, string expected) =>
        ReminderTime.Read(text, null, At("2026-10-01T00:00:00Z"), Zone("Europe/Berlin")).ShouldBe(At(expected));

    [Theory]
    [InlineData("22:00-07:00", "2026-11-23T02:00:00Z", "2026-11-23T10:00:00Z")]
    [InlineData("22:00-07:00", "2026-11-23T09:59:00Z", "2026-11-23T10:00:00Z")]
    [InlineData("22:00-07:00", "2026-11-23T10:00:00Z", null)]
    [InlineData("22:00-07:00", "2026-11-23T00:59:00Z", null)]
    [InlineData("01:00-06:00", "2026-11-23T05:00:00Z", "2026-11-23T09:00:00Z")]
    public void Quiet_hours_end_in_the_morning(string hours, string now, string? expected) =>
        QuietHours.Parse(hours)!.EndsAfter(At(now), Zone("America/Sao_Paulo")).ShouldBe(expected is null ? null : At(expected));

    [Theory]
    [InlineData("22:00")]
    [InlineData("22:00-22:00")]
    [InlineData("22-7")]
    [InlineData("22:00-25:00")]
    public void Settings_that_cannot_be_meant_are_named(string hours)
    {
        var result = new JobOptionsValidator().Validate(null, new JobOptions { QuietHours = hours, LateAfter = TimeSpan.Zero, CatchUpPerMinutePerChat = -1 });

        result.FailureMessage!.ShouldContain("Jobs__QuietHours");
        result.FailureMessage!.ShouldContain("Jobs__LateAfter");
        result.FailureMessage!.ShouldContain("Jobs__CatchUpPerMinutePerChat");
        new JobOptionsValidator().Validate(null, new JobOptions()).Succeeded.ShouldBeTrue();
    }

    private static DateTimeOffset Read(string? text) => ReminderTime.Read(text, null, Now, Zone("America/Sao_Paulo"));

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static TimeZoneInfo Zone(string id) => TimeZoneInfo.FindSystemTimeZoneById(id);
}
