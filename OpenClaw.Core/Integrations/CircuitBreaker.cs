namespace OpenClaw.Core.Integrations;

/// <summary>Leave to make one call.</summary>
/// <param name="Generation">Tells results of calls that began before the last change of state, which say nothing about the present one.</param>
internal readonly record struct BreakerPass(long Generation);

/// <summary>
/// Closed, open, half-open, with Polly's rules and words: opens at a ratio of failures among enough recent calls; after the break one call is
/// let through and decides. The result of a call is told afterwards and not by wrapping it, because a model's answer is a stream, and because a
/// lane must be able to look without calling.
/// </summary>
internal sealed class CircuitBreaker(IntegrationOptions options, TimeProvider time, Action<BreakerState> changed)
{
    /// <summary>Whatever a server asks for with Retry-After, it is looked at again after this.</summary>
    private static readonly TimeSpan LongestAskedBreak = TimeSpan.FromMinutes(2);

    /// <summary>How soon it is looked at again by those who find a probe on its way.</summary>
    private static readonly TimeSpan WhileProbing = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly CallWindow _window = new(options.SamplingDuration, time);
    private BreakerState _state;
    private long _generation;
    private long _waitsSince;
    private long _openedAt;
    private TimeSpan _break;
    private int _failedProbes;
    private bool _probing;

    /// <summary>Within the sampling duration, and since the breaker last closed.</summary>
    public bool HasSucceededLately
    {
        get
        {
            lock (_lock)
            {
                var (calls, failed) = _window.Sum();
                return calls > failed;
            }
        }
    }

    /// <summary>The state, for how long it has not been closed, and how long until the next call is let through.</summary>
    public (BreakerState State, TimeSpan NotClosedFor, TimeSpan Wait) Look()
    {
        lock (_lock)
            return (_state, _state == BreakerState.Closed ? TimeSpan.Zero : time.GetElapsedTime(_openedAt), Wait());
    }

    /// <summary>Takes leave to make a call; after the break it is the probe, and the only one.</summary>
    /// <returns>False while nothing may be called.</returns>
    public bool TryPass(out BreakerPass pass)
    {
        lock (_lock)
        {
            pass = default;
            if (_state != BreakerState.Closed)
            {
                if (Wait() > TimeSpan.Zero)
                    return false;
                (_probing, _waitsSince) = (true, time.GetTimestamp());
                Become(BreakerState.HalfOpen);
            }

            pass = new BreakerPass(_generation);
            return true;
        }
    }

    public void Succeeded(BreakerPass pass)
    {
        lock (_lock)
        {
            if (pass.Generation != _generation)
                return;
            if (_state == BreakerState.Closed)
            {
                _window.Add(failed: false);
                return;
            }

            (_probing, _failedProbes) = (false, 0);
            _window.Clear();
            Become(BreakerState.Closed);
        }
    }

    public void Failed(BreakerPass pass, TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            if (pass.Generation != _generation)
                return;
            if (_state == BreakerState.Closed)
                CountFailure(retryAfter);
            else
                Reopen(retryAfter);
        }
    }

    /// <summary>A call that needs no leave failed: it counts against a closed breaker, and once the break is over as if it had been the probe.</summary>
    public void FailedAside(TimeSpan? retryAfter)
    {
        lock (_lock)
        {
            if (_state == BreakerState.Closed)
                CountFailure(retryAfter);
            else if (_state == BreakerState.Open && Wait() == TimeSpan.Zero)
                Reopen(retryAfter);
        }
    }

    /// <summary>Nobody will know how the call would have ended; somebody else may probe.</summary>
    public void Abandoned(BreakerPass pass)
    {
        lock (_lock)
        {
            if (pass.Generation == _generation)
                _probing = false;
        }
    }

    private void CountFailure(TimeSpan? retryAfter)
    {
        _window.Add(failed: true);
        var (calls, failed) = _window.Sum();
        if (calls < options.MinimumThroughput || failed < options.FailureRatio * calls)
            return;
        _openedAt = time.GetTimestamp();
        Open(retryAfter);
    }

    private void Reopen(TimeSpan? retryAfter)
    {
        _failedProbes++;
        Open(retryAfter);
    }

    private void Open(TimeSpan? retryAfter)
    {
        var grown = options.BreakDuration * Math.Pow(2, Math.Min(_failedProbes, 20));
        _break = grown < options.LongestBreak ? grown : options.LongestBreak;
        if (retryAfter > _break)
            _break = retryAfter.Value < LongestAskedBreak ? retryAfter.Value : LongestAskedBreak;
        (_probing, _waitsSince) = (false, time.GetTimestamp());
        Become(BreakerState.Open);
    }

    private void Become(BreakerState state)
    {
        // A second probe beside a slow one does not make that one's result old.
        if (_state == state)
            return;
        _generation++;
        _state = state;
        changed(state);
    }

    private TimeSpan Wait()
    {
        var since = time.GetElapsedTime(_waitsSince);
        return _state switch
        {
            BreakerState.Open when since < _break => _break - since,
            // A probe that takes longer than the break does not keep others from probing.
            BreakerState.HalfOpen when _probing && since < _break => _break - since < WhileProbing ? _break - since : WhileProbing,
            _ => TimeSpan.Zero,
        };
    }
}
