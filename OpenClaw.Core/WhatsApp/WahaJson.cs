using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenClaw.Core.WhatsApp;

internal sealed record SendTextBody(string Session, string ChatId, string Text, [property: JsonPropertyName("reply_to")] string? ReplyTo, string? Id);

internal sealed record SendSeenBody(string Session, string ChatId, IReadOnlyList<string>? MessageIds, string? Participant);

internal sealed record ChatBody(string Session, string ChatId);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SendTextBody))]
[JsonSerializable(typeof(SendSeenBody))]
[JsonSerializable(typeof(ChatBody))]
internal sealed partial class WahaJson : JsonSerializerContext;
