using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Telemetry;

/// <summary>Telemetry is for those who look on: whoever writes gets the same answer without them.</summary>
public sealed class CollectorOutageTests : IDisposable
{
    private const string Exporter = "OpenTelemetry.Exporter.OpenTelemetryProtocol";
    private const string NotTaken = "did not take the last telemetry";

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(2));

    public void Dispose() => _patience.Dispose();

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task A_collector_that_is_gone_disturbs_no_answer_and_no_log(string protocol)
    {
        await using var system = await RunningSystem.StartAsync(isSplit: false, Settings("http://127.0.0.1:9", protocol));

        await ShouldAnswerAsync(system);

        await ShouldStopAsync(system);
    }

    [Theory]
    [InlineData("grpc")]
    [InlineData("http/protobuf")]
    public async Task A_collector_that_never_answers_disturbs_no_answer_and_no_log(string protocol)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        receiver.Hangs = true;
        await using var system = await RunningSystem.StartAsync(isSplit: false, Settings(protocol == "grpc" ? receiver.GrpcAddress : receiver.Address, protocol));

        // Traces, metrics and logs all hang by then.
        await receiver.WaitUntilAsync(all => all.Calls >= 3, _patience.Token);
        await ShouldAnswerAsync(system);

        await ShouldStopAsync(system);
        string.Concat(system.Gateway.Output).ShouldContain(NotTaken);
    }

    [Fact]
    public async Task Without_a_collector_there_is_no_exporter()
    {
        await using var system = await RunningSystem.StartAsync(isSplit: false);

        await ShouldAnswerAsync(system);

        system.Gateway.HasLoaded(Exporter).ShouldBeFalse();
    }

    private async Task ShouldAnswerAsync(RunningSystem system)
    {
        const int Messages = 10;
        for (var i = 0; i < Messages; i++)
            (await system.PostAsync($"message {i}")).StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted);
        await system.Waha.WaitForBubblesAsync(bubbles => bubbles.SelectMany(bubble => bubble.Text.Split('\n')).Count() == Messages, _patience.Token);
    }

    /// <summary>With 0, and at most one line about it.</summary>
    private static async Task ShouldStopAsync(RunningSystem system)
    {
        system.Gateway.HasLoaded(Exporter).ShouldBeTrue();
        await system.Gateway.TerminateAsync();
        (await system.Gateway.WaitForExitAsync()).ShouldBe(0);
        system.Gateway.Output.Count(line => line.Contains("collector", StringComparison.OrdinalIgnoreCase) || line.Contains("OpenTelemetry", StringComparison.Ordinal)).ShouldBeLessThanOrEqualTo(1);
        system.Gateway.Output.ShouldNotContain(line => line.Contains("\"LogLevel\":\"Error\"", StringComparison.Ordinal));
    }

    private static (string Key, string Value)[] Settings(string endpoint, string protocol) =>
    [
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol), ("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY", "in_memory"),
        ("OTEL_BLRP_SCHEDULE_DELAY", "50"), ("OTEL_BSP_SCHEDULE_DELAY", "50"), ("OTEL_METRIC_EXPORT_INTERVAL", "100"),
    ];
}
