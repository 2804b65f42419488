using System.Globalization;
using System.Text.Json;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>Reads what is there in the type that is wanted, or nothing: engines disagree about types and nulls.</summary>
internal static class LenientJson
{
    public static JsonElement Get(this JsonElement element, string name)
    {
        if (element.ValueKind != JsonValueKind.Object)
            return default;
        try
        {
            return element.TryGetProperty(name, out var value) ? value : default;
        }
        catch (InvalidOperationException)
        {
            // A neighbour's name holds half a surrogate pair ("\ud800") and cannot be compared; that must not cost the message.
            return element.EnumerateObject().FirstOrDefault(property => IsNamed(property, name)).Value;
        }
    }

    public static JsonElement Get(this JsonElement element, string first, string second) => element.Get(first).Get(second);

    public static string? Text(this JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
            return null;
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public static bool? Flag(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => null,
    };

    public static long? Number(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number when element.TryGetInt64(out var number) => number,
        JsonValueKind.Number when element.TryGetDouble(out var number) && Math.Abs(number) < 1e15 => (long)number,
        JsonValueKind.String when long.TryParse(element.Text(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) => number,
        _ => null,
    };

    /// <summary>WhatsApp's times are seconds, WAHA's milliseconds; which one it is shows in the size.</summary>
    public static DateTimeOffset? Time(this JsonElement element) => element.Number() switch
    {
        > 0 and < 100_000_000_000 and var seconds => DateTimeOffset.FromUnixTimeSeconds(seconds),
        >= 100_000_000_000 and < 100_000_000_000_000 and var milliseconds => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
        _ => null,
    };

    private static bool IsNamed(JsonProperty property, string name)
    {
        try
        {
            return property.NameEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
