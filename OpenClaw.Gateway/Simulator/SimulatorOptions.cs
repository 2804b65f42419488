namespace OpenClaw.Gateway.Simulator;

/// <summary>The built-in phone. Section <c>Simulator</c>; in use only while no WAHA is configured.</summary>
public sealed class SimulatorOptions
{
    /// <summary>Serve the simulator on an address that others reach, under any host name. Dangerous: whoever opens it talks to the assistant.</summary>
    public bool AllowPublic { get; set; }
}
