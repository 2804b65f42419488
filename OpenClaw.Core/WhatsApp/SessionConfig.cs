using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenClaw.Core.WhatsApp;

/// <summary>
/// The <c>config</c> of a session as WAHA shows it. A class and not a record: it holds keys and proxy passwords, and must not print itself.
/// </summary>
// {"metadata":{},"proxy":null,"noweb":{"store":{"enabled":true}},"webhooks":[{"url":"http://...","events":["message.any"],"hmac":{"key":"..."},...}]}
public sealed class SessionConfig
{
    private readonly JsonObject? _config;

    private SessionConfig(JsonObject? config) => _config = config;

    /// <summary>Nothing is kept.</summary>
    public static SessionConfig Empty { get; } = new(null);

    /// <summary>
    /// What a session begins with that nobody configured. NOWEB keeps no messages unless it is told to, and then nothing can be read back: neither what was
    /// missed, nor whether an uncertain send arrived, nor who a hidden id is. Other engines do not look at it.
    /// </summary>
    public static SessionConfig New { get; } = new(new JsonObject { ["noweb"] = new JsonObject { ["store"] = new JsonObject { ["enabled"] = true, ["fullSync"] = false } } });

    /// <summary>Whether WAHA keeps anything.</summary>
    public bool IsEmpty => _config is null;

    internal static SessionConfig From(JsonElement? config)
    {
        try
        {
            return config is { ValueKind: JsonValueKind.Object } element ? new SessionConfig(JsonObject.Create(element.Clone())) : Empty;
        }
        catch (JsonException)
        {
            return Empty;
        }
    }

    /// <summary>How far what is kept agrees with a registration.</summary>
    public WebhookFit Fit(WebhookRegistration wanted)
    {
        var ours = Webhooks().Where(wanted.HasUrlOf).ToList();
        return ours.Count switch
        {
            0 => WebhookFit.Missing,
            1 => wanted.Fit(ours[0]),
            // The same address twice is every event twice.
            _ => WebhookFit.Different,
        };
    }

    /// <summary>The same with this registration in it once. Everything else stays: a PUT replaces the whole of it.</summary>
    public SessionConfig With(WebhookRegistration wanted)
    {
        var config = _config?.DeepClone() as JsonObject ?? [];
        var webhooks = new JsonArray([.. Webhooks().Where(webhook => !wanted.HasUrlOf(webhook)).Select(webhook => webhook.DeepClone())]);
        webhooks.Add((JsonNode)wanted.ToJson());
        config["webhooks"] = webhooks;
        return new SessionConfig(config);
    }

    internal JsonObject ToJson() => _config?.DeepClone() as JsonObject ?? [];

    private IEnumerable<JsonObject> Webhooks() => (_config?["webhooks"] as JsonArray)?.OfType<JsonObject>() ?? [];
}
