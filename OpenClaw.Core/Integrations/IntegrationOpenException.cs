namespace OpenClaw.Core.Integrations;

/// <summary>
/// An integration is known not to answer, or has its hands full. Whoever holds a lane gives it back until <see cref="RetryAt"/>; nothing failed
/// that would count against a message.
/// </summary>
public sealed class IntegrationOpenException : Exception
{
    /// <param name="integration">Fixed name of the integration.</param>
    /// <param name="retryAt">When it is worth trying again, UTC.</param>
    /// <param name="callerIsSuspect">Whether a call was made and failed in a way that its own content may have caused.</param>
    /// <param name="innerException">That failure.</param>
    public IntegrationOpenException(string integration, DateTimeOffset retryAt, bool callerIsSuspect = false, Exception? innerException = null)
        : base($"{integration} is not called now.", innerException) => (Integration, RetryAt, CallerIsSuspect) = (integration, retryAt, callerIsSuspect);

    /// <summary>Required by convention.</summary>
    public IntegrationOpenException()
    {
    }

    /// <summary>Required by convention.</summary>
    public IntegrationOpenException(string message)
        : base(message)
    {
    }

    /// <summary>Required by convention.</summary>
    public IntegrationOpenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Fixed name of the integration.</summary>
    public string Integration { get; } = "";

    /// <summary>When it is worth trying again, UTC; spread a little, so that not all who wait come at once.</summary>
    public DateTimeOffset RetryAt { get; }

    /// <summary>
    /// Whether a call was made (the probe that failed, or the failure that opened the breaker) and failed in a way that its own content may have
    /// caused. It still counts as no failure, but whoever goes on like this must come to an end at some time.
    /// </summary>
    public bool CallerIsSuspect { get; }
}
