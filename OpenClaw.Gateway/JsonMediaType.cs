using System.Net.Http.Headers;

namespace OpenClaw.Gateway;

/// <summary>What the webhook and the simulator take: <c>application/json</c> in UTF-8, said or implied.</summary>
internal static class JsonMediaType
{
    public static bool Is(string? contentType) =>
        string.Equals(contentType, "application/json", StringComparison.OrdinalIgnoreCase)
        || (MediaTypeHeaderValue.TryParse(contentType, out var type)
            && string.Equals(type.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
            && (type.CharSet is null || string.Equals(type.CharSet.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase)));
}
