using System.Net;
using System.Text;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Deploy;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Telemetry;

/// <summary>What a dashboard shows of one message that a Gateway takes and a Worker answers, both at their defaults.</summary>
public sealed class DashboardTests : IDisposable
{
    private const string Phone = "5511976540913";
    private const string Name = "Planted-Name";
    private const string Question = "planted-question";
    private const string Answer = "planted-answer";

    /// <summary>Two bubbles: the second one is paced, so it goes out when the turn is over.</summary>
    private static readonly string LongAnswer = string.Concat(Enumerable.Repeat(Answer + " ", 150));

    // Of a span: unset, and an error.
    private const int Fine = 0;
    private const int Failed = 2;

    private static readonly string[] Shown =
    [
        "gateway openclaw.webhook.duration", "gateway openclaw.flow.message_age", "gateway http.server.request.duration", "gateway kestrel.active_connections",
        "gateway dotnet.process.memory.working_set", "worker openclaw.turn.duration", "worker openclaw.skill.calls", "worker openclaw.breaker.state",
        "worker gen_ai.client.token.usage", "worker gen_ai.client.operation.duration", "worker http.client.request.duration", "worker dotnet.gc.heap.total_allocated",
    ];

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(3));

    public void Dispose() => _patience.Dispose();

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task One_message_is_one_trace_with_its_logs_and_numbers_and_nothing_of_what_was_said(string protocol)
    {
        await using var system = await DashboardSystem.StartAsync(protocol);
        await AskAsync(system);

        await system.Dashboard.WaitUntilAsync(IsComplete, _patience.Token);

        var dashboard = system.Dashboard;
        ShouldBeOneTrace(dashboard.Spans, [.. system.Waha.Calls.OfType<SendTextCall>()]);
        dashboard.Spans.ShouldNotContain(span => span.Name.Contains("health", StringComparison.Ordinal));
        ShouldTellTheTurn(dashboard);
        ShouldSayWhoTheyAre(dashboard);
        ShouldBeInTheDocs(dashboard);
        dashboard.Keys.ShouldBe([DashboardSystem.DashboardKey]);
        ShouldTellNoSecret(system);
    }

    [Fact]
    public async Task Trouble_on_the_way_is_in_the_trace_and_tells_nothing_of_what_was_said_either()
    {
        await using var system = await DashboardSystem.StartAsync("http/protobuf", ("Delivery__Quarantine", "00:00:00"));
        var message = WahaWebhook.Text(Question, $"{Phone}@c.us", name: Name);
        // It repeats what was said in its answer.
        system.Model.Enqueue(ScriptedReply.Status(500), ScriptedReply.Malformed(), ScriptedReply.Text(Answer));
        system.Waha.FaultNext(FakeWahaFault.DeliveredBut500);

        (await system.PostAsync(message, isSigned: false)).ShouldBe(HttpStatusCode.Unauthorized);
        (await system.PostAsync(message)).ShouldBe(HttpStatusCode.Accepted);
        (await system.PostAsync(message)).ShouldBe(HttpStatusCode.Accepted);
        await system.Dashboard.WaitUntilAsync(
            static all => all.Instruments.Any(metric => metric.Name == "openclaw.turn.failures")
                && all.LogLines.Any(line => line.Body.StartsWith("Webhook refused with 401", StringComparison.Ordinal))
                && all.LogLines.Any(line => line.EventName == "Uncertain")
                && all.Spans.Count(span => span.Name == "POST /webhooks/waha") == 3
                && all.Spans.Any(span => span is { Name: "GET /api/{session}/chats/{chatId}/messages", Service: "worker" }) && all.Spans.Any(span => span.Name == "deliver bubble"),
            _patience.Token);

        system.Waha.Delivered.Count.ShouldBe(1);
        var spans = system.Dashboard.Spans;
        var turns = spans.Where(span => span.Name == "handle turn").ToList();
        turns.Select(span => span.Status).ShouldBe([Failed, Failed, Fine]);
        var queued = spans.Where(span => span.Name == "queue message" && span.TraceId == turns[0].TraceId).ToList();
        turns.ShouldAllBe(turn => turn.ParentId == queued[0].SpanId);
        spans.Where(span => span.Name == "deliver bubble").ShouldAllBe(span => span.TraceId == turns[0].TraceId);
        var uncertain = system.Dashboard.LogLines.Single(line => line.EventName == "Uncertain");
        (uncertain.TraceId, uncertain.Attributes["RequestId"], uncertain.Attributes["Session"], uncertain.Attributes["Bubble"])
            .ShouldBe((turns[0].TraceId, turns[0].Tags["openclaw.request_id"], "default", "1"));
        spans.Where(span => span.Name == "POST /webhooks/waha").Select(span => span.Tags["openclaw.outcome"]).Order(StringComparer.Ordinal).ShouldBe(["accepted", "duplicate", "signature"]);
        ShouldTellNoSecret(system);
    }

    private static void ShouldTellNoSecret(DashboardSystem system)
    {
        foreach (var secret in (string[])[.. DashboardSystem.Secrets, Phone, Name, Question, Answer])
        {
            foreach (var signal in (string[])[system.Dashboard.Traces, system.Dashboard.Metrics, system.Dashboard.Logs])
                signal.ShouldNotContain(Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(secret)), Case.Sensitive, $"{secret} was exported");
            foreach (var process in (OpenClawProcess[])[system.Gateway, system.Worker])
                (string.Concat(process.Output) + process.Errors).ShouldNotContain(secret, Case.Sensitive, $"{secret} was written to the console");
        }
    }

    private async Task AskAsync(DashboardSystem system)
    {
        system.Model.Enqueue(ScriptedReply.ToolCall("get_current_time"), ScriptedReply.Text(LongAnswer));
        (await system.PostAsync(WahaWebhook.Text(Question, $"{Phone}@c.us", name: Name))).ShouldBe(HttpStatusCode.Accepted);
        await system.Waha.WaitForBubblesAsync(2, _patience.Token);
        (await system.HealthAsync()).ShouldContain("healthy");
    }

    private static bool IsComplete(OtlpReceiver dashboard) =>
        dashboard.Spans.Count(span => span.Name is "POST /webhooks/waha" or "handle turn" or "deliver bubble") == 4
        && dashboard.LogLines.Any(line => line.EventName == "Answered")
        && Shown.Except(dashboard.Instruments.Select(metric => $"{metric.Service} {metric.Name}"), StringComparer.Ordinal).FirstOrDefault() is null;

    /// <summary>From the webhook over the commit and the turn to the sends, wherever they are made.</summary>
    private static void ShouldBeOneTrace(IReadOnlyList<OtlpSpan> all, List<SendTextCall> sent)
    {
        var webhook = all.Single(span => span.Name == "POST /webhooks/waha");
        var trace = all.Where(span => span.TraceId == webhook.TraceId).ToList();
        OtlpSpan One(string name) => trace.Single(span => span.Name == name);
        OtlpSpan ParentOf(OtlpSpan span) => trace.Single(other => other.SpanId == span.ParentId);

        var (queued, turn) = (One("queue message"), One("handle turn"));
        (webhook.Service, webhook.Kind, webhook.ParentId, webhook.Tags["http.response.status_code"]).ShouldBe(("gateway", OtlpSpan.Server, "", "202"));
        (queued.Service, queued.Kind, ParentOf(queued)).ShouldBe(("gateway", OtlpSpan.Producer, webhook));
        (turn.Service, turn.Kind, ParentOf(turn)).ShouldBe(("worker", OtlpSpan.Consumer, queued));
        var deliveries = trace.Where(span => span.Name == "deliver bubble").OrderBy(span => span.Tags["openclaw.bubble"], StringComparer.Ordinal).ToList();
        ParentOf(deliveries[0]).ShouldBeOneOf(turn, queued);
        (deliveries[1].Service, deliveries[1].Kind, ParentOf(deliveries[1])).ShouldBe(("worker", OtlpSpan.Consumer, queued));
        trace.Where(span => span.Name == "POST /api/sendText").Select(ParentOf).ShouldBe(deliveries, ignoreOrder: true);
        ParentOf(One("execute_tool get_current_time")).ShouldBe(turn);
        var models = trace.Where(span => span.Name == "chat gpt-4o-mini").ToList();
        models.Count.ShouldBe(2);
        models.ConvertAll(ParentOf).ShouldBe([turn, turn]);
        trace.Where(span => span.Source == "System.Net.Http").Select(ParentOf).ShouldBe(models, ignoreOrder: true);
        trace.Where(span => span != webhook).ShouldAllBe(span => trace.Any(other => other.SpanId == span.ParentId));
        var request = trace.Select(span => span.Tags.GetValueOrDefault("openclaw.request_id")).OfType<string>().Distinct(StringComparer.Ordinal).ShouldHaveSingleItem();
        sent.ShouldAllBe(call => call.RequestId == request && call.TraceParent!.Contains(webhook.TraceId));
    }

    private static void ShouldTellTheTurn(OtlpReceiver dashboard)
    {
        var turn = dashboard.Spans.Single(span => span.Name == "handle turn");
        var line = dashboard.LogLines.Single(line => line.EventName == "Answered");

        (line.Service, line.Category, line.Severity).ShouldBe(("worker", "OpenClaw.Worker.Inbox.MessageHandler", "Information"));
        (line.TraceId, line.SpanId, line.Body).ShouldBe((turn.TraceId, turn.SpanId, "Answer stored on attempt 1"));
        (line.Attributes["{OriginalFormat}"], line.Attributes["Attempt"]).ShouldBe(("Answer stored on attempt {Attempt}", "1"));
        (line.Attributes["RequestId"], line.Attributes["Turn"], line.Attributes["Lane"], line.Attributes["Session"])
            .ShouldBe((turn.Tags["openclaw.request_id"], turn.Tags["openclaw.turn"], turn.Tags["openclaw.lane"], "default"));
        line.Attributes["Reference"].Length.ShouldBe(6);
    }

    private static void ShouldSayWhoTheyAre(OtlpReceiver dashboard)
    {
        var resources = dashboard.Spans.Select(span => span.Resource).Concat(dashboard.LogLines.Select(line => line.Resource)).Concat(dashboard.Instruments.Select(metric => metric.Resource));
        foreach (var resource in resources)
        {
            (resource["service.name"], resource["service.instance.id"]).ShouldBeOneOf(("gateway", "gateway-abcdefgh"), ("worker", "worker-ijklmnop"));
            resource["service.version"].ShouldNotBeEmpty();
            (resource["deployment.environment.name"], resource["deployment.environment"]).ShouldBe(("development", "development"));
        }
    }

    /// <summary>The tables of names are what is really there.</summary>
    private static void ShouldBeInTheDocs(OtlpReceiver dashboard)
    {
        var docs = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "operations.md"));
        string[] names =
        [
            .. dashboard.Instruments.Where(metric => metric.Meter.StartsWith("OpenClaw.", StringComparison.Ordinal)).SelectMany(metric => (string[])[metric.Meter, metric.Name]),
            .. dashboard.Instruments.Where(metric => metric.Meter.StartsWith("OpenClaw.", StringComparison.Ordinal)).SelectMany(metric => metric.Points).SelectMany(point => point.Keys)
                .Where(key => !key.StartsWith("gen_ai.", StringComparison.Ordinal)),
            .. dashboard.Spans.Select(span => span.Source),
            .. dashboard.Spans.Where(span => span.Source is "OpenClaw.Gateway" or "OpenClaw.Worker").SelectMany(span => (string[])[span.Name, .. span.Tags.Keys]),
            .. dashboard.LogLines.Single(line => line.EventName == "Answered").Attributes.Keys.Except(["Attempt", "{OriginalFormat}", "TraceId", "SpanId"], StringComparer.Ordinal),
        ];
        names.Distinct(StringComparer.Ordinal).Where(name => !docs.Contains($"`{name}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }
}
