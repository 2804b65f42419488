namespace OpenClaw.ServiceDefaults.Background;

/// <summary>Pauses that double from the first to the longest, spread by a fifth to either side so that nobody keeps step with anybody.</summary>
public sealed class GrowingPause(TimeSpan first, TimeSpan longest, Random random)
{
    private readonly TimeSpan _first = first;
    private TimeSpan _next = first;

    /// <summary>The pause before the next try; the one after it is longer.</summary>
    public TimeSpan Next()
    {
        var pause = _next;
        _next = pause * 2 < longest ? pause * 2 : longest;
        return pause * (0.8 + (0.4 * random.NextDouble()));
    }

    /// <summary>It went well: begins anew.</summary>
    public void Reset() => _next = _first;
}
