namespace OpenClaw.Core.Integrations;

/// <summary>A circuit breaker's state; the numbers are the values of <c>openclaw.breaker.state</c>.</summary>
public enum BreakerState
{
    /// <summary>Calls go through.</summary>
    Closed = 0,

    /// <summary>The break is over and one call, the probe, decides.</summary>
    HalfOpen = 1,

    /// <summary>Nothing is called.</summary>
    Open = 2,
}

/// <summary>One integration as operators see it.</summary>
/// <param name="Name">Fixed name: <c>waha:default</c>, <c>model:main</c>, <c>skill:run_command</c>, <c>redis</c>, <c>database</c>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="State">Of its breaker.</param>
/// <param name="Since">Since when it has not been closed; null while it is.</param>
/// <param name="RetryAt">When the next call is let through; null while it is closed.</param>
/// <param name="Running">Calls at the moment.</param>
/// <param name="MaxConcurrency">Calls that may run at once; null = no bound.</param>
public sealed record IntegrationStatus(
    string Name, IntegrationKind Kind, BreakerState State, DateTimeOffset? Since, DateTimeOffset? RetryAt, int Running = 0, int? MaxConcurrency = null);

/// <summary>Kinds of integrations; what is done about a broken one depends on it.</summary>
public enum IntegrationKind
{
    /// <summary>A WAHA session: answers of its chats wait.</summary>
    Waha,

    /// <summary>WAHA itself, whatever its sessions do; looked after by the session keeper.</summary>
    WahaServer,

    /// <summary>A model: turns wait.</summary>
    Model,

    /// <summary>A skill: the model is told and goes on without.</summary>
    Skill,

    /// <summary>Redis, which looks after itself.</summary>
    Redis,

    /// <summary>The database, which looks after itself.</summary>
    Database,
}
