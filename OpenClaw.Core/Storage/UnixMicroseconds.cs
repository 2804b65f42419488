namespace OpenClaw.Core.Storage;

/// <summary>Times in the database are integers: microseconds since 1970 in UTC.</summary>
public static class UnixMicroseconds
{
    /// <summary>To microseconds.</summary>
    public static long ToUnixTimeMicroseconds(this DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>From microseconds.</summary>
    public static DateTimeOffset FromUnixTimeMicroseconds(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>A duration in microseconds.</summary>
    public static long Microseconds(this TimeSpan duration) => duration.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>Now in microseconds.</summary>
    public static long NowMicroseconds(this TimeProvider time) => time.GetUtcNow().ToUnixTimeMicroseconds();
}
