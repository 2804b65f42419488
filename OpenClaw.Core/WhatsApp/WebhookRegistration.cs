using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenClaw.Core.WhatsApp;

/// <summary>How far a webhook that WAHA keeps agrees with the one that is wanted.</summary>
public enum WebhookFit
{
    /// <summary>It is as wanted.</summary>
    Fits,

    /// <summary>As far as WAHA shows it: it does not show the key.</summary>
    KeyNotShown,

    /// <summary>Our address, but other events, another key or other retries.</summary>
    Different,

    /// <summary>No webhook to our address.</summary>
    Missing,
}

/// <summary>
/// The webhook that WAHA must have. A class and not a record: it holds the key, and must not print itself.
/// </summary>
public sealed class WebhookRegistration(Uri url, string? hmacKey)
{
    // message.any brings what message brings, and our own messages too; both together would be every message twice.
    private static readonly string[] Served = ["message.any", "message.ack", "message.ack.group", "message.reaction", "session.status"];

    // Eight more tries after 2, 4, 8 ... 512 s: WAHA repeats for 17 to 20 minutes. It forgets them when it ends, so longer would promise too much.
    private const string Policy = "exponential";
    private const int DelaySeconds = 2;
    private const int Attempts = 8;

    /// <summary>The events that the product serves.</summary>
    public static IReadOnlyList<string> Events => Served;

    /// <summary>Our address as WAHA sees it.</summary>
    public Uri Url { get; } = url;

    /// <summary>Whether an address is ours.</summary>
    public bool IsUrl(string? address) => Uri.TryCreate(address?.Trim(), UriKind.Absolute, out var given) && given == Url;

    internal bool HasUrlOf(JsonObject webhook) => IsUrl(Text(webhook["url"]));

    internal JsonObject ToJson()
    {
        var json = new JsonObject
        {
            ["url"] = Url.AbsoluteUri,
            ["events"] = new JsonArray([.. Served.Select(static name => JsonValue.Create(name))]),
            ["retries"] = new JsonObject { ["policy"] = Policy, ["delaySeconds"] = DelaySeconds, ["attempts"] = Attempts },
        };
        if (hmacKey is not null)
            json["hmac"] = new JsonObject { ["key"] = hmacKey };
        return json;
    }

    internal WebhookFit Fit(JsonObject webhook)
    {
        var events = (webhook["events"] as JsonArray)?.Select(Text).ToHashSet(StringComparer.Ordinal) ?? [];
        var retries = webhook["retries"] as JsonObject;
        if (!events.SetEquals(Served) || Text(retries?["policy"]) != Policy || Number(retries?["delaySeconds"]) != DelaySeconds || Number(retries?["attempts"]) != Attempts)
            return WebhookFit.Different;

        var key = Text((webhook["hmac"] as JsonObject)?["key"]);
        if (string.Equals(key, hmacKey, StringComparison.Ordinal))
            return WebhookFit.Fits;
        return hmacKey is not null && (key is null || key.All(static letter => letter == '*')) ? WebhookFit.KeyNotShown : WebhookFit.Different;
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private static double? Number(JsonNode? node) => node is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? value.GetValue<double>() : null;
}
