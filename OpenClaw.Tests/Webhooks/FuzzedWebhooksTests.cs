using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Webhooks;

/// <summary>Rightly signed nonsense: stored, dropped with a reason, or refused as no envelope; never an error, never the end.</summary>
public sealed class FuzzedWebhooksTests
{
    private const int Seed = 20261122;
    private const int Deliveries = 1000;

    [Fact]
    public async Task Mutated_recordings_never_get_anything_but_accepted_or_bad_request()
    {
        await using var app = await OpenClawApp.StartAsync(("Worker__Mode", "External"), ("Webhooks__MaxAge", "100000.00:00:00"));
        var random = new Random(Seed);
        var sources = Captures.Posts.Select(capture => capture.Body).Distinct(StringComparer.Ordinal).ToArray();
        var bodies = Enumerable.Range(0, Deliveries).Select(_ => Mutate(sources[random.Next(sources.Length)], random)).ToArray();

        var odd = new List<string>();
        foreach (var batch in bodies.Chunk(20))
        {
            var answers = await Task.WhenAll(batch.Select(body => app.SendAsync(WahaWebhook.Request(app.WebhookUrl, body, OpenClawApp.HmacKey))));
            odd.AddRange(batch.Zip(answers)
                .Where(pair => pair.Second.Status is not (HttpStatusCode.Accepted or HttpStatusCode.BadRequest))
                .Select(pair => $"{(int)pair.Second.Status} {pair.Second.Outcome}: {Encoding.UTF8.GetString(pair.First)}"));
        }

        odd.ShouldBeEmpty();
        (await app.Http.GetStringAsync(new Uri(app.Url, "alive"))).ShouldBe("alive");
        (await app.SendAsync(WahaWebhook.Text("ainda aí?"))).Outcome.ShouldBe("accepted");
    }

    private static byte[] Mutate(string body, Random random) => random.Next(4) switch
    {
        0 => Bytes(body, random),
        1 => Encoding.UTF8.GetBytes(body[..random.Next(body.Length)]),
        2 => Encoding.UTF8.GetBytes(Escapes(body, random)),
        _ => Encoding.UTF8.GetBytes(Values(body, random)),
    };

    private static byte[] Bytes(string body, Random random)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        for (var i = random.Next(1, 6); i > 0; i--)
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    /// <summary>Escapes in the middle of texts and names: lone surrogates, NUL, quotes.</summary>
    private static string Escapes(string body, Random random)
    {
        string[] escapes = ["\\ud800", "\\udc00\\ud800", "\\u0000", "\\\"", "\\/", "\\u0022", "\u202e", "😀"];
        var places = Enumerable.Range(1, body.Length - 1).Where(i => char.IsAsciiLetter(body[i]) && char.IsAsciiLetter(body[i - 1])).ToArray();
        for (var i = random.Next(1, 4); i > 0; i--)
            body = body.Insert(places[random.Next(places.Length)], escapes[random.Next(escapes.Length)]);
        return body;
    }

    /// <summary>Other types and sizes in the place of values.</summary>
    private static string Values(string body, Random random)
    {
        var root = JsonNode.Parse(body)!.AsObject();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            var parent = root;
            while (true)
            {
                if (parent.Count == 0)
                    break;
                var name = parent.ElementAt(random.Next(parent.Count)).Key;
                if (parent[name] is JsonObject deeper && random.Next(3) > 0)
                {
                    parent = deeper;
                    continue;
                }

                parent[name] = Value(random);
                break;
            }
        }

        return root.ToJsonString();
    }

    private static JsonNode? Value(Random random) => random.Next(12) switch
    {
        0 => null,
        1 => JsonValue.Create(random.NextInt64(long.MinValue, long.MaxValue)),
        2 => JsonValue.Create(double.MaxValue),
        3 => JsonValue.Create(""),
        4 => JsonValue.Create(new string('9', random.Next(1, 3000))),
        5 => new JsonArray(1, "x", null, new JsonObject()),
        6 => new JsonObject { ["id"] = new JsonObject { ["_serialized"] = 1 } },
        7 => JsonValue.Create(true),
        8 => JsonValue.Create("false_5511987654321@c.us_3EB0"),
        9 => JsonValue.Create("@@__@g.us_\u0000\u001f"),
        10 => JsonValue.Create("message.any"),
        _ => JsonValue.Create("120363000000000001@g.us"),
    };
}
