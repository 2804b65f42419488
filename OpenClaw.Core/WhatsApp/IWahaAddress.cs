namespace OpenClaw.Core.WhatsApp;

/// <summary>Where WAHA listens and the key it wants: from the settings, or the simulator inside this process once it listens.</summary>
public interface IWahaAddress
{
    /// <summary>The base address, with a trailing slash. Null while it is not known yet (the simulator's server is still starting).</summary>
    Uri? BaseAddress { get; }

    /// <summary>The value of <c>X-Api-Key</c>, or null for none.</summary>
    string? ApiKey { get; }
}
