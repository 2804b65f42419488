namespace OpenClaw.Core.Integrations;

/// <summary>Something outside this process that calls go to: a breaker over all of its calls, and a bulkhead around them.</summary>
public sealed class Integration
{
    /// <summary>How soon a lane that found every place taken looks again.</summary>
    private static readonly TimeSpan WhileFull = TimeSpan.FromSeconds(1);

    private readonly CircuitBreaker _breaker;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly int? _places;
    private readonly Action _refused;
    private int _running;
    private int _aside;

    internal Integration(
        string name, IntegrationKind kind, IntegrationOptions options, int? places, TimeProvider time, Random random,
        Action<BreakerState> changed, Action refused)
    {
        (Name, Kind, _places, _time, _random, _refused) = (name, kind, places, time, random, refused);
        _breaker = new CircuitBreaker(options, time, changed);
    }

    /// <summary>Fixed name, for example <c>waha:default</c>.</summary>
    public string Name { get; }

    /// <summary>What it is.</summary>
    public IntegrationKind Kind { get; }

    /// <summary>Whether it answers as far as is known: one failed call says more about the call than about the integration.</summary>
    public bool IsClosed => _breaker.Look().State == BreakerState.Closed;

    /// <summary>Whether a call of this process succeeded within the last sampling duration. To a caller whose calls all fail: whether it works for others.</summary>
    public bool AnswersOthers => _breaker.HasSucceededLately;

    /// <summary>As operators see it.</summary>
    public IntegrationStatus Status
    {
        get
        {
            var (state, notClosedFor, wait) = _breaker.Look();
            var now = _time.GetUtcNow();
            return state == BreakerState.Closed
                ? new IntegrationStatus(Name, Kind, state, null, null, Volatile.Read(ref _running), _places)
                : new IntegrationStatus(Name, Kind, state, now - notClosedFor, now + wait, Volatile.Read(ref _running), _places);
        }
    }

    /// <summary>Looks without calling: until when a call would be refused, or null when one would be let through now.</summary>
    public DateTimeOffset? WaitsUntil()
    {
        var (state, _, wait) = _breaker.Look();
        if (wait == TimeSpan.Zero && (Volatile.Read(ref _running) >= _places || (state != BreakerState.Closed && Volatile.Read(ref _aside) > 0)))
            wait = WhileFull;
        return wait == TimeSpan.Zero ? null : Later(wait);
    }

    /// <summary>Takes leave and a place for one call; its end is told to what is returned.</summary>
    /// <exception cref="IntegrationOpenException">Nothing was called: the breaker is open, or every place is taken.</exception>
    public IntegrationCall Enter()
    {
        if (Interlocked.Increment(ref _running) > _places)
        {
            Interlocked.Decrement(ref _running);
            _refused();
            throw new IntegrationOpenException(Name, Later(WhileFull));
        }

        if (_breaker.TryPass(out var pass))
            return new IntegrationCall(this, _breaker, pass);
        Interlocked.Decrement(ref _running);
        throw Refusal();
    }

    /// <summary>What those are told who may not call, or whose call was one of the failures that opened the breaker.</summary>
    /// <param name="callerIsSuspect">See <see cref="IntegrationOpenException.CallerIsSuspect"/>.</param>
    /// <param name="failure">Of the call that was made.</param>
    public IntegrationOpenException Refusal(bool callerIsSuspect = false, Exception? failure = null) =>
        new(Name, WaitsUntil() ?? Later(WhileFull), callerIsSuspect, failure);

    /// <summary>
    /// Takes a place for a call beside the main ones (reading back a chat). Only its failure counts: WAHA reads chats of a session that cannot
    /// send. As long as the breaker is not closed there is one at a time, or all who wait would hang in it together.
    /// </summary>
    /// <returns>Null while nothing may be called.</returns>
    public AsideCall? TryEnterAside()
    {
        var aside = Interlocked.Increment(ref _aside);
        var full = Interlocked.Increment(ref _running) > _places;
        var (state, _, wait) = _breaker.Look();
        if (!full && (state == BreakerState.Closed || (aside == 1 && (wait == TimeSpan.Zero || state == BreakerState.HalfOpen))))
            return new AsideCall(this, _breaker);
        LeaveAside();
        return null;
    }

    internal void Leave() => Interlocked.Decrement(ref _running);

    internal void LeaveAside()
    {
        Interlocked.Decrement(ref _running);
        Interlocked.Decrement(ref _aside);
    }

    // Those who wait come back within a fifth of the time more, so that the probe's result is there before most of them.
    private DateTimeOffset Later(TimeSpan wait) => _time.GetUtcNow() + wait + (wait * (0.2 * _random.NextDouble()));
}
