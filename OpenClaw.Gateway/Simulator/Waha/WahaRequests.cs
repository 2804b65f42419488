using System.Text.Json.Serialization;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>Bodies of WAHA's calls, as far as the simulator looks at them; other members are ignored, as WAHA does.</summary>
internal sealed record ChatRequest(string? Session, string? ChatId)
{
    public string? Text { get; init; }

    [JsonPropertyName("reply_to")]
    public string? ReplyTo { get; init; }

    public IReadOnlyList<string>? MessageIds { get; init; }

    public string? MessageId { get; init; }

    public string? Reaction { get; init; }
}

/// <summary>What the Gateway answers to a webhook.</summary>
internal sealed record WebhookAnswer(string? Outcome);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChatRequest))]
[JsonSerializable(typeof(WebhookAnswer))]
internal sealed partial class WahaJson : JsonSerializerContext;
