using System.Diagnostics;
using OpenTelemetry;

namespace OpenClaw.ServiceDefaults.Telemetry;

/// <summary>
/// Takes people out of the addresses in spans. WAHA's paths hold chat ids
/// (<c>/api/default/chats/5511987654321@c.us/messages?x-api-key=...</c>), which are phone numbers, and queries can hold keys.
/// </summary>
internal sealed class AddressRedaction : BaseProcessor<Activity>
{
    private static readonly string[] Addresses = ["url.full", "http.url"];
    private static readonly string[] Paths = ["url.path", "http.target"];
    private static readonly string[] Queries = ["url.query"];

    public override void OnEnd(Activity data)
    {
        foreach (var tag in Addresses)
        {
            if (data.GetTagItem(tag) is string address)
                data.SetTag(tag, RedactAddress(address));
        }

        foreach (var tag in Paths)
        {
            if (data.GetTagItem(tag) is string path)
                data.SetTag(tag, RedactPath(path));
        }

        foreach (var tag in Queries)
            data.SetTag(tag, null);
    }

    /// <summary>Scheme, host, port and templated path; no user info, query or fragment.</summary>
    internal static string RedactAddress(string address) =>
        // On Unix "/path" alone parses as a file address.
        Uri.TryCreate(address, UriKind.Absolute, out var uri) && !uri.IsFile
            ? uri.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped) + RedactPath(uri.AbsolutePath)
            : RedactPath(address);

    /// <summary>The path with every segment that may name a person or a message replaced by <c>{id}</c>.</summary>
    internal static string RedactPath(string path)
    {
        var end = path.AsSpan().IndexOfAny('?', '#');
        var plain = end < 0 ? path : path[..end];
        return string.Join('/', plain.Split('/').Select(segment => NamesSomebody(segment) ? "{id}" : segment));
    }

    private static bool NamesSomebody(string segment)
    {
        if (segment.Contains('@', StringComparison.Ordinal) || segment.Contains("%40", StringComparison.OrdinalIgnoreCase))
            return true;

        var digits = 0;
        foreach (var character in segment)
        {
            digits = char.IsDigit(character) ? digits + 1 : 0;
            if (digits == 6)
                return true;
        }

        return false;
    }
}
