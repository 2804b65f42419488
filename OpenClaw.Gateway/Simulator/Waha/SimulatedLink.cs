namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>The session's link to WhatsApp: WORKING, or FAILED for a while.</summary>
internal sealed class SimulatedLink(FaultTimes times, TimeProvider time)
{
    /// <summary>While it lasts, the session is FAILED.</summary>
    public Outage Outage { get; } = new(times.Link, time);

    /// <summary>WAHA's word for it.</summary>
    public string Status => Outage.IsOn ? "FAILED" : "WORKING";

    /// <summary>A send waits for the link, as in WAHA, which gives up after 10 s. Here it is less, because somebody looks on.</summary>
    /// <returns>Whether the link works.</returns>
    public async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Outage.Over.WaitAsync(times.BlockedSend, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
