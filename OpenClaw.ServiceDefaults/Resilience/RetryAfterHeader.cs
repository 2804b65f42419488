namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary><c>Retry-After: 20</c> or <c>Retry-After: Wed, 21 Oct 2026 07:28:00 GMT</c>.</summary>
internal static class RetryAfterHeader
{
    /// <returns>The pause it asks for, not negative; null without one.</returns>
    public static TimeSpan? Read(HttpResponseMessage? response, TimeProvider time)
    {
        if (response?.Headers.RetryAfter is not { } header)
            return null;
        var wait = header.Delta ?? header.Date - time.GetUtcNow();
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
