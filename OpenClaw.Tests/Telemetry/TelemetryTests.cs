using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using OpenClaw.ServiceDefaults;
using OpenClaw.ServiceDefaults.Telemetry;

namespace OpenClaw.Tests.Telemetry;

public sealed class TelemetryTests
{
    private const string Phone = "5511976543210";

    [Fact]
    public async Task A_collector_gets_traces_metrics_and_logs_without_people_in_them()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var source = new ActivitySource("OpenClaw.TelemetryTests");
        using var meter = new Meter("OpenClaw.TelemetryTests");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = receiver.Address,
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
            ["OTEL_SERVICE_NAME"] = "openclaw-under-test",
        });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        await using var app = builder.Build();
        app.MapGet("/api/{session}/chats/{chat}/messages", () => Results.Text("[]"));

        await app.StartAsync();
        using (source.StartActivity("our own step"))
        {
            using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
            await client.GetStringAsync($"/api/default/chats/{Phone}@c.us/messages?x-api-key=planted-key");
        }

        meter.CreateCounter<long>("openclaw.test.count").Add(1);
        app.Logger.Log(LogLevel.Warning, 1, "a line for the collector", null, static (line, _) => line);
        await app.StopAsync();
        await app.DisposeAsync();

        receiver.Traces.ShouldContain("our own step");
        receiver.Traces.ShouldContain("/api/default/chats/{id}/messages");
        receiver.Traces.ShouldContain("url.full");
        receiver.Traces.ShouldContain("GET /api/{session}/chats/{chat}/messages");
        receiver.Traces.ShouldContain("http.response.status_code");
        receiver.Metrics.ShouldContain("http.server.request.duration");
        receiver.Metrics.ShouldContain("http.client.request.duration");
        receiver.Metrics.ShouldContain("dotnet.process.memory.working_set");
        receiver.Metrics.ShouldContain("openclaw.test.count");
        receiver.Logs.ShouldContain("a line for the collector");
        foreach (var signal in new[] { receiver.Traces, receiver.Metrics, receiver.Logs })
        {
            signal.ShouldContain("openclaw-under-test");
            signal.ShouldContain("service.version");
            signal.ShouldContain("service.instance.id");
            signal.ShouldNotContain(Phone);
            signal.ShouldNotContain("planted-key");
        }
    }

    [Fact]
    public async Task A_collector_that_is_gone_does_not_keep_the_process_from_stopping()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9";
        builder.Configuration["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf";
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        await using var app = builder.Build();

        await app.StartAsync();

        await app.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("http://waha:3000/api/default/chats/5511976543210@c.us/messages?limit=1", "http://waha:3000/api/default/chats/{id}/messages")]
    [InlineData("https://waha/api/default/chats/120363041234567890%40g.us", "https://waha/api/default/chats/{id}")]
    [InlineData("http://user:secret@waha:3000/api/default/lids/77700011?x-api-key=k#f", "http://waha:3000/api/default/lids/{id}")]
    [InlineData("http://waha:3000/api/sendText", "http://waha:3000/api/sendText")]
    [InlineData("http://127.0.0.1:8080/v1/chat/completions", "http://127.0.0.1:8080/v1/chat/completions")]
    [InlineData("/api/status@broadcast?x=1", "/api/{id}")]
    public void Addresses_keep_their_shape_and_lose_people_and_queries(string address, string expected) =>
        AddressRedaction.RedactAddress(address).ShouldBe(expected);
}
