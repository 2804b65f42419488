namespace OpenClaw.Core.Integrations;

/// <summary>A call beside the main ones: its failure counts, its success says nothing.</summary>
public sealed class AsideCall : IDisposable
{
    private readonly Integration _integration;
    private readonly CircuitBreaker _breaker;
    private bool _disposed;

    internal AsideCall(Integration integration, CircuitBreaker breaker) => (_integration, _breaker) = (integration, breaker);

    /// <summary>It did not answer, or said that it cannot.</summary>
    /// <param name="retryAfter">How long it asks to be left alone.</param>
    public void Failed(TimeSpan? retryAfter = null) => _breaker.FailedAside(retryAfter);

    /// <inheritdoc />
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _integration.LeaveAside();
    }
}
