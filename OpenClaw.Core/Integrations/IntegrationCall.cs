namespace OpenClaw.Core.Integrations;

/// <summary>One call that may be made. What is not told before the end was given up by ourselves and says nothing about the other side.</summary>
public sealed class IntegrationCall : IDisposable
{
    private readonly Integration _integration;
    private readonly CircuitBreaker _breaker;
    private readonly BreakerPass _pass;
    private bool _told;
    private bool _disposed;

    internal IntegrationCall(Integration integration, CircuitBreaker breaker, BreakerPass pass) => (_integration, _breaker, _pass) = (integration, breaker, pass);

    /// <summary>It answered, if only with a refusal of this very request. The first word counts.</summary>
    public void Succeeded()
    {
        if (Tells())
            _breaker.Succeeded(_pass);
    }

    /// <summary>It did not answer, or said that it cannot. The first word counts.</summary>
    /// <param name="retryAfter">How long it asks to be left alone.</param>
    public void Failed(TimeSpan? retryAfter = null)
    {
        if (Tells())
            _breaker.Failed(_pass, retryAfter);
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        if (Tells())
            _breaker.Abandoned(_pass);
        _integration.Leave();
    }

    private bool Tells() => !_told && (_told = true);
}
