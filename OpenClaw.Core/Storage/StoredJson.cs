using System.Text.Json.Serialization;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.Queue;

namespace OpenClaw.Core.Storage;

/// <summary>JSON of what is stored encrypted. Names are short because every row carries them.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MessageContent))]
[JsonSerializable(typeof(BubbleContent))]
[JsonSerializable(typeof(ChatEventContent))]
[JsonSerializable(typeof(LinkedAccount))]
[JsonSerializable(typeof(JobContent))]
internal sealed partial class StoredJson : JsonSerializerContext;
