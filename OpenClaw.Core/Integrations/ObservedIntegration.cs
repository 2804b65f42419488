namespace OpenClaw.Core.Integrations;

/// <summary>Something that looks after itself (its own probe, its own waiting): here only what is known of it.</summary>
public sealed class ObservedIntegration
{
    private readonly Action<string, BreakerState> _changed;
    private readonly Func<DateTimeOffset?>? _downSince;
    private readonly TimeProvider _time;
    private long _down;

    internal ObservedIntegration(string name, IntegrationKind kind, TimeProvider time, Action<string, BreakerState> changed, Func<DateTimeOffset?>? downSince = null) =>
        (Name, Kind, _time, _changed, _downSince) = (name, kind, time, changed, downSince);

    /// <summary>Fixed name.</summary>
    public string Name { get; }

    /// <summary>What it is.</summary>
    public IntegrationKind Kind { get; }

    /// <summary>As operators see it. One that tells its own state is asked for it.</summary>
    public IntegrationStatus Status
    {
        get
        {
            if (_downSince is not null)
                Become(_downSince()?.UtcTicks ?? 0);
            var down = Interlocked.Read(ref _down);
            return down == 0
                ? new IntegrationStatus(Name, Kind, BreakerState.Closed, null, null)
                : new IntegrationStatus(Name, Kind, BreakerState.Open, new DateTimeOffset(down, TimeSpan.Zero), null);
        }
    }

    /// <summary>It was used with success.</summary>
    public void Succeeded()
    {
        if (Interlocked.Read(ref _down) != 0)
            Become(0);
    }

    /// <summary>It could not be used.</summary>
    public void Failed()
    {
        if (Interlocked.Read(ref _down) == 0)
            Become(_time.GetUtcNow().UtcTicks);
    }

    private void Become(long down)
    {
        if (Interlocked.Exchange(ref _down, down) is var before && before == 0 != (down == 0))
            _changed(Name, down == 0 ? BreakerState.Closed : BreakerState.Open);
    }
}
