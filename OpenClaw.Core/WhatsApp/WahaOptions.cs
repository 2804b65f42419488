namespace OpenClaw.Core.WhatsApp;

/// <summary>Where WAHA (the WhatsApp HTTP API) is and how its webhooks are signed. Section <c>Waha</c>.</summary>
public sealed class WahaOptions
{
    /// <summary>Base address of WAHA, for example <c>http://waha:3000</c>. Empty = the built-in simulator.</summary>
    public string? BaseUrl { get; set; }

    /// <summary>Sent as <c>X-Api-Key</c>.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Sessions that are served; events of others are ignored with a reason. Empty = <c>default</c>.</summary>
    public IList<string> Sessions { get; } = [];

    /// <summary>HMAC-SHA512 key of webhooks. Generated for the simulator; required with a real WAHA.</summary>
    public string? WebhookHmacKey { get; set; }

    /// <summary>Accept webhooks without a signature. Dangerous: anybody who reaches the port can speak for anybody.</summary>
    public bool AllowUnsignedWebhooks { get; set; }

    /// <summary>
    /// Our own address as WAHA sees it, for example <c>http://gateway:5080/webhooks/waha</c>: it is registered at every served session, with
    /// <see cref="WebhookHmacKey"/>. Empty = nothing is registered.
    /// </summary>
    public string? WebhookUrl { get; set; }

    /// <summary>Whether the Gateway watches its sessions, registers its webhook and starts and restarts them. False: somebody else does.</summary>
    public bool KeepSessions { get; set; } = true;

    /// <summary>How often each session is looked at besides the events that WAHA sends, 5 s to 10 min.</summary>
    public TimeSpan SessionPollInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The sessions that are served, by name.</summary>
    public IReadOnlyList<string> ServedSessions() => Sessions.Count == 0 ? ["default"] : [.. Sessions.Distinct(StringComparer.Ordinal)];

    /// <summary>Whether the built-in simulator is the other side.</summary>
    public bool UsesSimulator => string.IsNullOrWhiteSpace(BaseUrl);

    /// <summary>Whether <paramref name="session"/> is one of those served.</summary>
    public bool Serves(string session) => Sessions.Count == 0 ? session == "default" : Sessions.Contains(session);
}
