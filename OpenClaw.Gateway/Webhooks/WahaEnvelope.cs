using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>
/// What every webhook of WAHA has. The payload stays JSON: its shape depends on event, engine and version, and a field of an
/// unexpected type must not cost the message.
/// </summary>
// {"id":"evt_01m8...","timestamp":1795336705225,"event":"message","session":"default",
//  "me":{"id":"19990001111@c.us","pushName":"...","lid":"99900011112222@lid"},"payload":{...},"engine":"NOWEB","environment":{...}}
internal sealed record WahaEnvelope(
    [property: JsonRequired] string Event,
    [property: JsonRequired] string Session,
    [property: JsonRequired] JsonElement Payload,
    JsonElement Id,
    JsonElement Timestamp,
    JsonElement Me,
    JsonElement Engine)
{
    /// <summary>Nobody sent it: it was made around a message that was read from WAHA's history.</summary>
    [JsonIgnore]
    public bool IsReadBack { get; init; }

    /// <summary>The envelope, or null when the bytes are not JSON or not an envelope.</summary>
    public static WahaEnvelope? TryParse(ReadOnlySpan<byte> body)
    {
        try
        {
            var envelope = JsonSerializer.Deserialize(body, WebhookJson.Default.WahaEnvelope);
            return envelope is { Event.Length: > 0, Session.Length: > 0, Payload.ValueKind: JsonValueKind.Object } ? envelope : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // Text that is valid JSON but not valid UTF-16 (a lone surrogate escape).
            return null;
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, MaxDepth = 64)]
[JsonSerializable(typeof(WahaEnvelope))]
internal sealed partial class WebhookJson : JsonSerializerContext;
