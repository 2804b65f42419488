using System.Data.Common;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.Startup;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway;
using OpenClaw.ServiceDefaults.Shutdown;
using OpenClaw.Tests.Builders;
using OpenClaw.Worker;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>What the webhook endpoint answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Outcome">The word in the body, for example <c>accepted</c>.</param>
internal sealed record WebhookAnswer(HttpStatusCode Status, string? Outcome);

/// <summary>
/// The whole product in this process: on free ports, with its data in places of its own, a fake WAHA and a scripted model as real HTTP
/// servers. In a split set-up Gateway and Worker are two hosts that share nothing but data and Redis. Without other settings it answers
/// everybody at once: no quiet period, no pacing, no limits.
/// <code>
/// await using var app = await OpenClawApp.StartAsync(("Access__Mode", "Allowlist"));
/// (await app.SendAsync(WahaWebhook.Text("oi"))).Outcome.ShouldBe("accepted");
/// (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("oi");
/// </code>
/// </summary>
internal sealed class OpenClawApp : IAsyncDisposable
{
    public const string HmacKey = "journey-hmac-key";

    /// <summary>However slow the machine: what has not happened by then does not happen any more.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, string?> _settings;
    private readonly Action<IServiceCollection>? _services;
    private readonly CancellationTokenSource _timeout = new(Patience);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false });
    private ProcessHost? _gateway;
    private ProcessHost? _worker;

    private OpenClawApp(RedisServer? redis, PostgresDatabases? databases, FakeWaha waha, ScriptedModel model, Action<IServiceCollection>? services, IEnumerable<(string Key, string? Value)> settings)
    {
        Redis = redis;
        Databases = databases;
        Waha = waha;
        Model = model;
        _services = services;
        _settings = new(StringComparer.OrdinalIgnoreCase)
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Storage:DataDirectory"] = Data.Path,
            ["Waha:BaseUrl"] = waha.Url.ToString(),
            ["Waha:ApiKey"] = waha.ApiKey,
            ["Waha:WebhookHmacKey"] = HmacKey,
            // Tests say themselves what WAHA's session does.
            ["Waha:KeepSessions"] = "false",
            // Nor does the phone behind it know what tests send themselves.
            ["Backfill:Enabled"] = "false",
            ["Ai:Main:Provider"] = "OpenAI",
            ["Ai:Main:Endpoint"] = model.Endpoint,
            ["Ai:Main:Model"] = "scripted",
            ["Access:Mode"] = "Open",
            ["Turns:QuietPeriod"] = "00:00:00",
            ["Turns:RetryDelay"] = "00:00:00.001",
            ["Turns:StartGrace"] = "00:00:00",
            ["Delivery:HumanPacing"] = "false",
            ["Limits:MessagesPerMinutePerChat"] = "0",
            ["Limits:MessagesPerMinutePerPerson"] = "0",
            ["HostOptions:ShutdownTimeout"] = "00:00:06",
            // The lines are captured; standard output belongs to the test runner.
            ["Logging:Console:LogLevel:Default"] = "None",
        };
        if (redis is not null)
            Change(ProcessSettings.Split(redis.ConnectionString).Select(setting => (setting.Key, (string?)setting.Value)));
        if (databases is not null)
            Change([("ConnectionStrings:openclaw", databases.Main), ("ConnectionStrings:openclaw-keys", databases.Keys)]);
        Change(settings);
    }

    public FakeWaha Waha { get; }

    public ScriptedModel Model { get; }

    /// <summary>The server between the hosts of a split set-up, shared with other tests; null where there is one host.</summary>
    public RedisServer? Redis { get; }

    /// <summary>Where the data lies on a server; null where it lies in files.</summary>
    public PostgresDatabases? Databases { get; }

    /// <summary>Every log line of every start.</summary>
    public CapturedLogs Logs { get; } = new();

    /// <summary>What the start told people.</summary>
    public StringWriter Talk { get; } = new();

    /// <summary>Survives <see cref="RestartAsync"/>.</summary>
    public TemporaryFolder Data { get; } = new();

    private IServiceProvider Services => (_gateway ?? throw new InvalidOperationException("The app is stopped.")).App.Services;

    /// <summary>Nobody answers where the settings say that only messages are taken in.</summary>
    private bool HasWorker => Redis is not null && !string.Equals(_settings.GetValueOrDefault("Worker:Mode"), "External", StringComparison.OrdinalIgnoreCase);

    /// <summary>Root address with a trailing slash; changes with every start.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>Root address of the host that answers; the Gateway's where that does everything.</summary>
    public Uri WorkerUrl => _worker is null ? Url : UrlOf(_worker);

    public Uri WebhookUrl => new(Url, "webhooks/waha");

    /// <summary>A service of the Gateway's host.</summary>
    public T Service<T>() where T : notnull => Services.GetRequiredService<T>();

    /// <summary>Who runs jobs looks for them now and not at its next look.</summary>
    public void WakeJobs() => (_worker ?? _gateway)!.App.Services.GetRequiredService<JobWake>().Signal();

    /// <summary>What it was started with, in colon form.</summary>
    public IEnumerable<(string Key, string? Value)> Settings => _settings.Select(setting => (setting.Key, setting.Value));

    /// <summary>Follows no redirects.</summary>
    public HttpClient Http => _http;

    /// <summary>Fires when a test has waited too long.</summary>
    public CancellationToken Timeout => _timeout.Token;

    /// <param name="settings">In environment form, over the fixture's own; null = the product's default.</param>
    public static Task<OpenClawApp> StartAsync(params (string Key, string? Value)[] settings) => StartAsync(Setup.AllInOne, null, settings);

    /// <param name="setup">How many processes, over which database.</param>
    /// <param name="services">Registrations that go before the product's, in every host, for example a clock.</param>
    /// <param name="settings">In environment form, over the fixture's own.</param>
    public static async Task<OpenClawApp> StartAsync(Setup setup, Action<IServiceCollection>? services, params (string Key, string? Value)[] settings)
    {
        // First, because where a server is missing the test is skipped.
        var redis = setup == Setup.AllInOne ? null : await RedisServer.SharedAsync();
        var databases = setup == Setup.SplitPostgres ? new PostgresDatabases() : null;
        var app = new OpenClawApp(redis, databases, await FakeWaha.StartAsync(), await ScriptedModel.StartAsync(), services, settings);
        try
        {
            await app.StartHostsAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    /// <summary>The Worker of a split set-up that was started without one.</summary>
    public async Task StartWorkerAsync() => _worker ??= await StartAsync(WorkerHost.Build);

    /// <summary>A clean stop, as SIGTERM makes it. WAHA and the model stay.</summary>
    public async Task StopAsync()
    {
        await StopAsync(Interlocked.Exchange(ref _worker, null));
        await StopAsync(Interlocked.Exchange(ref _gateway, null));
    }

    /// <summary>Stops, and starts again on the same data with these settings on top.</summary>
    public async Task RestartAsync(params (string Key, string? Value)[] settings)
    {
        await StopAsync();
        Change(settings);
        await StartHostsAsync();
    }

    /// <summary>Posts a webhook as WAHA does, signed.</summary>
    public Task<WebhookAnswer> SendAsync(WahaWebhook webhook) => SendAsync(WahaWebhook.Request(WebhookUrl, System.Text.Encoding.UTF8.GetBytes(webhook.Body), HmacKey, webhook.At));

    /// <summary>Posts any request.</summary>
    public async Task<WebhookAnswer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request, Timeout);
            return new WebhookAnswer(response.StatusCode, OutcomeOf(await response.Content.ReadAsStringAsync(Timeout)));
        }
    }

    /// <summary>Waits until this many bubbles reached the phone.</summary>
    public Task<IReadOnlyList<FakeWahaBubble>> WaitForBubblesAsync(int count) => Waha.WaitForBubblesAsync(count, Timeout);

    /// <summary>Waits until there is nothing left to answer or to send: what has not been sent then will not be.</summary>
    public Task WaitUntilSettledAsync() => WaitUntilAsync(() => Query(
        """
        SELECT (SELECT COUNT(*) FROM inbound WHERE state IN ('pending', 'in_turn')) + (SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'sending'))
            + (SELECT COUNT(*) FROM turns WHERE state = 'running')
        """,
        row => row.GetInt64(0)).Single() == 0);

    /// <summary>Looks again and again until it is so.</summary>
    public Task WaitUntilAsync(Func<bool> condition) => Eventually.TrueAsync(condition, Timeout);

    /// <summary>
    /// Goes on so far that every limit is as if nothing had been used. Redis goes by its own clock, where buckets that are full are gone.
    /// </summary>
    public void RefillLimits(ClockAt clock)
    {
        clock.Now += TimeSpan.FromSeconds(61);
        if (Redis is null)
            return;
        var installation = Query("SELECT value FROM facts WHERE name = 'installation'", row => row.GetString(0)).Single();
        foreach (var bucket in Redis.Keys($"{installation}:{{p0}}:rate:"))
            Redis.Execute("DEL", bucket);
    }

    /// <summary>Rows of the product's own database.</summary>
    public IReadOnlyList<T> Query<T>(string sql, Func<DbDataReader, T> map) => Services.GetRequiredService<IDatabase>().Read(session => session.Query(sql, map));

    /// <summary>State, or state and reason as <c>ignored/too_old</c>, of every inbound row in order of arrival.</summary>
    public IReadOnlyList<string> InboundStates() => Query(
        "SELECT state || COALESCE('/' || reason, '') FROM inbound ORDER BY inbound_id", row => row.GetString(0));

    public async ValueTask DisposeAsync()
    {
        Waha.Release();
        await StopAsync();
        await Model.DisposeAsync();
        await Waha.DisposeAsync();
        Databases?.Dispose();
        _http.Dispose();
        _timeout.Dispose();
        Data.Dispose();
    }

    private async Task StartHostsAsync()
    {
        _gateway = await StartAsync(GatewayHost.Build);
        Url = UrlOf(_gateway);
        if (HasWorker)
            _worker = await StartAsync(WorkerHost.Build);
    }

    private static Uri UrlOf(ProcessHost host) => new(host.App.Urls.Single().TrimEnd('/') + "/");

    private async Task<ProcessHost> StartAsync(Func<string[], StartupTalk, Action<WebApplicationBuilder>?, ProcessHost> build)
    {
        var host = build([], new StartupTalk(Talk), builder =>
        {
            builder.Configuration.AddInMemoryCollection(_settings);
            builder.Services.AddSingleton(new DrainTime(TimeSpan.Zero));
            _services?.Invoke(builder.Services);
        });
        // The product clears the providers that were there before it; this one joins the finished factory.
        host.App.Services.GetRequiredService<ILoggerFactory>().AddProvider(Logs);
        try
        {
            await host.StartAsync(Timeout);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    private static async Task StopAsync(ProcessHost? host)
    {
        if (host is null)
            return;
        await host.StopAsync();
        await host.DisposeAsync();
    }

    private void Change(IEnumerable<(string Key, string? Value)> settings)
    {
        foreach (var (key, value) in settings)
        {
            var path = key.Replace("__", ":", StringComparison.Ordinal);
            if (value is null)
                _settings.Remove(path);
            else
                _settings[path] = value;
        }
    }

    private static string? OutcomeOf(string body)
    {
        try
        {
            return JsonDocument.Parse(body).RootElement.GetProperty("outcome").GetString();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
