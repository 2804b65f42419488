using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using OpenClaw.Core.Redis;
using OpenClaw.Gateway.Flow;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Health;

/// <summary>What <c>/health</c> and a collector tell of flow, asked from outside.</summary>
public sealed class FlowEndpointTests
{
    private const string Alice = "5511987654321@c.us";
    private static readonly TimeSpan Later = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Facts_are_told_as_times_and_their_ages_as_gauges()
    {
        await using var app = await OpenClawApp.StartAsync();
        using var gauges = new Gauges(app.Service<IMeterFactory>());
        var silent = (await FlowAsync(app)).GetProperty("data");
        silent.GetProperty("sessions").GetProperty("default").GetProperty("lastEvent").ValueKind.ShouldBe(JsonValueKind.Null);

        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
        await app.SendAsync(WahaWebhook.Text("oi", Alice));
        var bubble = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();
        await app.SendAsync(WahaWebhook.Ack(bubble.ChatId, bubble.RawId, ack: 1));
        var flow = await FlowAsync(app, until: data => IsTold(data, "lastServerAck"));

        var facts = flow.GetProperty("data").GetProperty("sessions").GetProperty("default");
        flow.GetProperty("status").GetString().ShouldBe("healthy");
        facts.GetProperty("status").GetString().ShouldBe("WORKING");
        facts.GetProperty("missingServerAcks").GetInt32().ShouldBe(0);
        foreach (var fact in (string[])["lastEvent", "lastMessage", "lastAcceptedSend", "lastServerAck"])
            DateTimeOffset.ParseExact(facts.GetProperty(fact).GetString()!, "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture).Year.ShouldBeGreaterThan(2025);
        foreach (var fact in (string[])["lastProbe", "lastComparison", "newestMissed"])
            facts.GetProperty(fact).ValueKind.ShouldBe(JsonValueKind.Null);
        flow.GetProperty("data").GetProperty("waiting").GetProperty("since").ValueKind.ShouldBe(JsonValueKind.Null);
        flow.GetProperty("data").GetProperty("waiting").GetProperty("overdueChats").GetInt32().ShouldBe(0);
        flow.GetRawText().ShouldNotContain("5511987654321");
        var ages = gauges.Read();
        ages.Keys.Order(StringComparer.Ordinal).ShouldBe(
            ["openclaw.flow.event_age default", "openclaw.flow.message_age default", "openclaw.flow.send_age default", "openclaw.flow.server_ack_age default", "openclaw.flow.work_age "]);
        ages.Values.ShouldAllBe(age => age >= 0 && age < 600);
        ages["openclaw.flow.work_age "].ShouldBe(0);
    }

    [Fact]
    public async Task Messages_that_no_webhook_brought_make_it_degraded_with_the_next_step_until_one_does()
    {
        var clock = new ClockAt(TimeProvider.System.GetUtcNow());
        await using var app = await OpenClawApp.StartAsync(Setup.AllInOne, clock.Register);
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
        app.Service<FlowBoard>().Missed("default", clock.Now + TimeSpan.FromMinutes(1));
        clock.Now += FlowRules.SilentFor + TimeSpan.FromMinutes(1);

        var broken = await FlowAsync(app);
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
        clock.Now += TimeSpan.FromSeconds(4);
        var mended = await FlowAsync(app);

        broken.GetProperty("status").GetString().ShouldBe("degraded");
        broken.GetProperty("description").GetString().ShouldNotBeNull().ShouldContain("webhooks do not arrive");
        broken.GetProperty("description").GetString()!.ShouldContain("Next: from WAHA's host open the address");
        broken.GetProperty("data").GetProperty("sessions").GetProperty("default").GetProperty("newestMissed").ValueKind.ShouldBe(JsonValueKind.String);
        (mended.GetProperty("status").GetString(), mended.TryGetProperty("description", out _)).ShouldBe(("healthy", false));
        app.Logs.Lines.Count(line => line.Contains("Messages do not flow", StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(1);
    }

    [Theory]
    [InlineData(Setup.SplitSqlite)]
    [InlineData(Setup.SplitPostgres)]
    public async Task A_Gateway_without_any_Worker_says_who_waits_and_is_well_again_when_one_starts(Setup setup)
    {
        var clock = new ClockAt(TimeProvider.System.GetUtcNow());
        await using var app = await OpenClawApp.StartAsync(setup, clock.Register, ("Worker__Mode", "External"));
        using var gauges = new Gauges(app.Service<IMeterFactory>());
        (await app.SendAsync(WahaWebhook.Text("oi", Alice))).Outcome.ShouldBe("accepted");
        (await FlowAsync(app)).GetProperty("status").GetString().ShouldBe("healthy");

        var (due, age) = (app.Service<TimeProvider>().GetUtcNow() + Later, 0d);
        WaitInRedis(app);
        // The product measures its clock by that of Redis now and then, and sets it right again: then it is moved once more.
        var waiting = await FlowAsync(
            app,
            before: () => clock.Now += due - app.Service<TimeProvider>().GetUtcNow() is { Ticks: > 0 } missing ? missing : TimeSpan.Zero,
            until: data => data.GetProperty("waiting").GetProperty("overdueChats") is { ValueKind: JsonValueKind.Number } chats && chats.GetInt32() > 0
                && (age = gauges.Read().GetValueOrDefault("openclaw.flow.work_age ")) > 60);
        await app.StartWorkerAsync();
        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("oi");
        await app.WaitUntilSettledAsync();
        var mended = await FlowAsync(app, until: data => !IsTold(data.GetProperty("waiting").GetProperty("since")));

        waiting.GetProperty("status").GetString().ShouldBe("degraded");
        waiting.GetProperty("description").GetString().ShouldNotBeNull().ShouldStartWith("1 chat waits for an answer that nobody works on");
        waiting.GetProperty("description").GetString()!.ShouldContain("see that a Worker runs");
        age.ShouldBeGreaterThanOrEqualTo(FlowRules.WorkWithin.TotalSeconds);
        mended.GetProperty("status").GetString().ShouldBe("healthy");
        app.InboundStates().ShouldBe(["sent"]);
    }

    /// <summary>For Redis, which goes by its own clock, the ready lanes are so much older.</summary>
    private static void WaitInRedis(OpenClawApp app)
    {
        var ready = (string)app.Service<RedisKeys>().Ready!;
        app.Redis!.Execute(
            "EVAL",
            """
            local lanes = redis.call('ZRANGE', KEYS[1], 0, -1, 'WITHSCORES')
            for i = 1, #lanes, 2 do redis.call('ZADD', KEYS[1], string.format('%.0f', tonumber(lanes[i + 1]) - tonumber(ARGV[1])), lanes[i]) end
            """,
            "1", ready, Later.TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture));
    }

    /// <summary>The check as <c>/health</c> tells it. A look counts for some seconds, so what has just happened may be told a little later.</summary>
    private static async Task<JsonElement> FlowAsync(OpenClawApp app, Func<JsonElement, bool>? until = null, Action? before = null)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (true)
        {
            before?.Invoke();
            using var response = await app.Http.GetAsync(new Uri(app.Url, "health"), app.Timeout);
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            using var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync(app.Timeout));
            var flow = body.RootElement.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "flow").Clone();
            if (until is null || until(flow.GetProperty("data")))
                return flow;
            await poll.WaitForNextTickAsync(app.Timeout);
        }
    }

    private static bool IsTold(JsonElement data, string fact) => IsTold(data.GetProperty("sessions").GetProperty("default").GetProperty(fact));

    private static bool IsTold(JsonElement fact) => fact.ValueKind != JsonValueKind.Null;

    /// <summary>The flow gauges of one host, as a collector reads them.</summary>
    private sealed class Gauges : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<string, double> _values = new(StringComparer.Ordinal);

        // Other hosts of this process have gauges of the same names: a meter of this one's factory carries it as its scope.
        public Gauges(IMeterFactory factory)
        {
            _listener.InstrumentPublished = (instrument, self) =>
            {
                if (ReferenceEquals(instrument.Meter.Scope, factory) && instrument.Name.StartsWith("openclaw.flow.", StringComparison.Ordinal))
                    self.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _values[$"{instrument.Name} {(tags.Length > 0 ? tags[0].Value : "")}"] = value);
            _listener.Start();
        }

        public IReadOnlyDictionary<string, double> Read()
        {
            _listener.RecordObservableInstruments();
            return _values;
        }

        public void Dispose() => _listener.Dispose();
    }
}
