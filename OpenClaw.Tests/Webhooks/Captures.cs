using System.Text.Json;

namespace OpenClaw.Tests.Webhooks;

/// <summary>A delivery that a real WAHA made, as it was recorded.</summary>
/// <param name="File">Name of the recording.</param>
/// <param name="Line">From 1.</param>
/// <param name="ReceivedAt">When the recorder got it.</param>
/// <param name="Headers">In order.</param>
/// <param name="Body">Exact text.</param>
internal sealed record CapturedWebhook(string File, int Line, DateTimeOffset ReceivedAt, IReadOnlyList<(string Name, string Value)> Headers, string Body);

/// <summary>The recordings beside the tests.</summary>
internal static class Captures
{
    /// <summary>What the recorded webhooks were signed with.</summary>
    public const string HmacKey = "hmac-secret-1";

    public static readonly IReadOnlyList<CapturedWebhook> Posts =
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Captures"), "webhooks-*.jsonl").Order(StringComparer.Ordinal).SelectMany(Read),
    ];

    private static IEnumerable<CapturedWebhook> Read(string path)
    {
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            using var document = JsonDocument.Parse(line);
            var delivery = document.RootElement;
            if (delivery.GetProperty("method").GetString() != "POST")
                continue;
            yield return new CapturedWebhook(
                Path.GetFileName(path), number, delivery.GetProperty("receivedAt").GetDateTimeOffset(),
                [.. delivery.GetProperty("headers").EnumerateArray().Select(header => (header[0].GetString()!, header[1].GetString()!))],
                delivery.GetProperty("bodyRaw").GetString()!);
        }
    }
}
