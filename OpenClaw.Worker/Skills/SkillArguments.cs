using System.Buffers;
using System.Collections;
using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Skills;

/// <summary>Which arguments a function's schema knows and wants; read once, when the catalog is made.</summary>
internal sealed class SkillArguments
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly FrozenSet<string> _known;
    private readonly string[] _required;
    private readonly bool _isOpen;

    public SkillArguments(AIFunction function)
    {
        var schema = function.JsonSchema;
        var isObject = schema.ValueKind == JsonValueKind.Object;
        _known = isObject && schema.TryGetProperty("properties", out var properties)
            ? properties.EnumerateObject().Select(property => property.Name).ToFrozenSet(StringComparer.Ordinal)
            : FrozenSet<string>.Empty;
        _required = isObject && schema.TryGetProperty("required", out var required)
            ? [.. required.EnumerateArray().Select(name => name.GetString()!)]
            : [];
        _isOpen = isObject && schema.TryGetProperty("additionalProperties", out var additional) && additional.ValueKind != JsonValueKind.False;
    }

    /// <summary>Throws <see cref="SkillException"/> when an argument is missing or unknown; types are checked when they are bound.</summary>
    public void Check(IDictionary<string, object?>? arguments)
    {
        foreach (var name in _required)
        {
            if (arguments is null || !arguments.TryGetValue(name, out var value) || IsNull(value))
                throw SkillException.Refused($"The parameter '{name}' is missing.", "missing_argument");
        }

        if (_isOpen || arguments is null)
            return;

        // A misspelt optional parameter that is silently dropped gives a wrong answer; small models send unknown ones as null.
        foreach (var (name, value) in arguments)
        {
            if (!_known.Contains(name) && !IsNull(value))
            {
                var known = _known.Count == 0 ? "there are none" : "known are " + string.Join(", ", _known.Order(StringComparer.Ordinal));
                throw SkillException.Refused($"There is no parameter {SkillText.Quote(name)}; {known}.", "unknown_argument");
            }
        }
    }

    /// <summary>The arguments as one JSON object, for the audit row.</summary>
    public static string ToJson(IDictionary<string, object?>? arguments)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal))
            {
                writer.WritePropertyName(name);
                Write(writer, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null or JsonElement { ValueKind: JsonValueKind.Undefined }:
                writer.WriteNullValue();
                break;
            case JsonElement element:
                element.WriteTo(writer);
                break;
            case JsonNode node:
                node.WriteTo(writer);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case double number when double.IsFinite(number):
                writer.WriteNumberValue(number);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case IEnumerable list:
                writer.WriteStartArray();
                foreach (var item in list)
                    Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }

    private static bool IsNull(object? value) => value is null or JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined };
}
