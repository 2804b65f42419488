using System.Data.Common;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.Startup;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Simulator;
using OpenClaw.Gateway.Simulator.Waha;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Simulator;

/// <summary>The whole product with its simulator and the offline brain. It answers at once, and a fault lasts until a test ends it.</summary>
internal sealed class SimulatorApp : IAsyncDisposable
{
    private readonly TemporaryFolder _data = new();
    private readonly ProcessHost _gateway;

    private SimulatorApp(FaultTimes? times, IEnumerable<(string Key, string? Value)> settings)
    {
        var configured = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Storage:DataDirectory"] = _data.Path,
            ["Logging:LogLevel:Default"] = "None",
            ["Turns:QuietPeriod"] = "00:00:00",
            ["Turns:StartGrace"] = "00:00:00",
            ["Turns:RetryDelay"] = "00:00:00.05",
            ["Delivery:HumanPacing"] = "false",
        };
        foreach (var (key, value) in settings)
            configured[key.Replace("__", ":", StringComparison.Ordinal)] = value;
        _gateway = GatewayHost.Build([], new StartupTalk(TextWriter.Null), builder =>
        {
            builder.Configuration.AddInMemoryCollection(configured);
            builder.Services.AddSingleton(times ?? Lasting);
        });
    }

    /// <summary>Nothing mends itself within a test.</summary>
    public static FaultTimes Lasting { get; } = new()
    {
        Link = TimeSpan.FromHours(1),
        SlowModel = TimeSpan.FromHours(1),
        FailingModel = TimeSpan.FromHours(1),
        Database = TimeSpan.FromHours(1),
        BlockedSend = TimeSpan.FromMilliseconds(20),
    };

    public IServiceProvider Services => _gateway.App.Services;

    public Uri Root => Services.GetRequiredService<SimulatorAddress>().Root!;

    public HttpClient Browser { get; private set; } = null!;

    public string DatabaseFile => Path.Combine(_data.Path, "openclaw.db");

    public static async Task<SimulatorApp> StartAsync(FaultTimes? times = null, params (string Key, string? Value)[] settings)
    {
        var app = new SimulatorApp(times, settings);
        await app._gateway.StartAsync();
        app.Browser = new HttpClient { BaseAddress = app.Root };
        return app;
    }

    /// <summary>Writes as the holder of a phone.</summary>
    public async Task SayAsync(string person, string text) =>
        (await Browser.PostAsJsonAsync("simulator/messages", new { person, text })).StatusCode.ShouldBe(HttpStatusCode.Created);

    /// <summary>Presses a button that can be pressed.</summary>
    public async Task PressAsync(string person, string fault, bool on = true) =>
        (await Browser.PostAsJsonAsync("simulator/faults", new { person, fault, on })).StatusCode.ShouldBe(HttpStatusCode.OK);

    public Task<OpenPhone> LookAsync(string person) => OpenPhone.OpenAsync(Browser, person);

    /// <summary>What the bot wrote in a chat, oldest first.</summary>
    public IReadOnlyList<SimulatedMessage> Answers(string chat) =>
        [.. Services.GetRequiredService<SimulatedWaha>().ChatOf(chat)!.Messages().Where(message => message.FromBot)];

    public IReadOnlyList<T> Query<T>(string sql, Func<DbDataReader, T> map) => Services.GetRequiredService<IDatabase>().Read(session => session.Query(sql, map));

    /// <summary>Bubbles in the outbox, sent or not: what was ever meant to be said.</summary>
    public long Bubbles => Query("SELECT COUNT(*) FROM outbox", row => row.GetInt64(0)).Single();

    public Task StopAsync() => _gateway.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Browser?.Dispose();
        await _gateway.StopAsync();
        await _gateway.DisposeAsync();
        _data.Dispose();
    }
}
