namespace OpenClaw.Core.Jobs;

/// <summary>What a clock on the wall shows, as a moment.</summary>
public static class LocalTime
{
    /// <summary>
    /// The moment. A time that a clock change skips is the same time by the clock before it; one that comes twice is the first of the two.
    /// </summary>
    public static DateTimeOffset At(DateTime local, TimeZoneInfo zone)
    {
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        var offset = zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddDays(-1))
            : zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max()
            : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
