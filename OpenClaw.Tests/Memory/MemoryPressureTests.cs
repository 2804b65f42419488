using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Memory;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Memory;

/// <summary>Short memory slows the intake down, and everything goes on when there is enough again.</summary>
public sealed class MemoryPressureTests
{
    [Fact]
    public void It_is_high_when_a_collection_did_not_help()
    {
        var memory = new PlantedMemory { Used = 0.95 };
        var pressure = Pressure(memory);

        pressure.Sample();
        var first = pressure.IsHigh;
        pressure.Sample();

        first.ShouldBeFalse();
        pressure.IsHigh.ShouldBeTrue();
        memory.Collections.ShouldBe(1);
    }

    [Fact]
    public void Garbage_is_no_shortage()
    {
        var memory = new PlantedMemory { Used = 0.95, AfterCollection = 0.5 };
        var pressure = Pressure(memory);

        pressure.Sample();
        pressure.Sample();
        pressure.Sample();

        pressure.IsHigh.ShouldBeFalse();
        memory.Collections.ShouldBe(1);
    }

    [Fact]
    public void It_is_well_again_only_clearly_below_the_watermark_and_each_crossing_is_one_line()
    {
        using var logs = new CapturedLogs();
        var memory = new PlantedMemory();
        var pressure = Pressure(memory, logs: logs);

        var high = new[] { 0.95, 0.95, 0.89, 0.91, 0.89, 0.84, 0.89, 0.84 }.Select(used =>
        {
            memory.Used = used;
            pressure.Sample();
            return pressure.IsHigh;
        }).ToList();

        high.ShouldBe([false, true, true, true, true, false, false, false]);
        logs.Lines.Select(line => line.Split(' ')[0]).ShouldBe(["Warning", "Information"]);
        logs.ToString().ShouldContain("95 % of the limit");
    }

    [Fact]
    public void While_it_stays_high_garbage_is_collected_again_and_again()
    {
        var memory = new PlantedMemory { Used = 0.95 };
        var pressure = Pressure(memory);

        for (var sample = 0; sample < 41; sample++)
            pressure.Sample();

        memory.Collections.ShouldBe(3);
    }

    [Fact]
    public void A_watermark_of_zero_is_never_reached()
    {
        var memory = new PlantedMemory { Used = 0.99 };
        var pressure = Pressure(memory, watermark: 0);

        pressure.Sample();
        pressure.Sample();

        (pressure.IsHigh, memory.Collections, pressure.Share).ShouldBe((false, 0, 0.99));
    }

    [Fact]
    public async Task A_watermark_that_is_no_share_stops_the_start()
    {
        var error = await Should.ThrowAsync<Exception>(() => OpenClawApp.StartAsync(("Resilience__Memory__HighWatermark", "90")));

        error.ToString().ShouldContain("Resilience__Memory__HighWatermark must be at least 0");
    }

    [Fact]
    public async Task Webhooks_are_put_off_while_memory_is_short_and_the_repeat_is_answered_without_a_restart()
    {
        var memory = new PlantedMemory();
        await using var app = await OpenClawApp.StartAsync(Setup.AllInOne, services => services.AddSingleton<IMemoryReader>(memory));
        var pressure = app.Service<MemoryPressure>();
        var message = WahaWebhook.Text("oi");

        memory.Used = 0.97;
        await app.WaitUntilAsync(() => pressure.IsHigh);
        using (var refused = await message.PostAsync(app.Http, app.WebhookUrl, OpenClawApp.HmacKey))
            ((int)refused.StatusCode, refused.Headers.RetryAfter?.Delta).ShouldBe((503, TimeSpan.FromSeconds(2)));
        var health = await HealthAsync(app);
        memory.Used = 0.5;
        await app.WaitUntilAsync(() => !pressure.IsHigh);

        (health.Status, health.Description).ShouldBe(
            (HealthStatus.Degraded, "memory is short: 97 % of the limit is used; webhooks get 503 and are repeated by WAHA, fewer chats are answered at once"));
        (await app.SendAsync(message)).ShouldBe(new WebhookAnswer(HttpStatusCode.Accepted, "accepted"));
        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("oi");
        (await HealthAsync(app)).Status.ShouldBe(HealthStatus.Healthy);
        app.Logs.Lines.Count(line => line.Contains("Memory is ", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Under_the_runtimes_own_limit_a_process_notices_it_by_itself()
    {
        using var folder = new TemporaryFolder();
        // 2 % of 48 MiB are less than the program alone keeps; of the machine's memory it would be next to nothing.
        await using var process = OpenClawProcess.Start(
            "OpenClaw.Gateway", folder, ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("Storage__DataDirectory", folder.Path), ("DOTNET_GCHeapHardLimit", "0x3000000"), ("Resilience__Memory__HighWatermark", "0.02"));
        await process.WaitUntilReadyAsync();
        await process.WaitUntilLoggedAsync("Memory is short");

        using var http = new HttpClient();
        (await http.GetStringAsync(new Uri(process.Url, "health"))).ShouldContain("memory is short");
    }

    private static MemoryPressure Pressure(PlantedMemory memory, double watermark = 0.9, CapturedLogs? logs = null)
    {
        var options = new ResilienceOptions();
        options.Memory.HighWatermark = watermark;
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        using var factory = new LoggerFactory(logs is null ? [] : [logs]);
        return new MemoryPressure(memory, Options.Create(options), meters, factory.CreateLogger<MemoryPressure>());
    }

    private static async Task<HealthReportEntry> HealthAsync(OpenClawApp app) => (await app.Service<HealthCheckService>().CheckHealthAsync()).Entries["memory"];

    private sealed class PlantedMemory : IMemoryReader
    {
        private double _used = 0.5;

        public double Used
        {
            get => Volatile.Read(ref _used);
            set => Volatile.Write(ref _used, value);
        }

        /// <summary>What a collection leaves; null = all of it.</summary>
        public double? AfterCollection { get; init; }

        public int Collections { get; private set; }

        public double Share() => Used;

        public void Collect()
        {
            Collections++;
            Used = AfterCollection ?? Used;
        }
    }
}
