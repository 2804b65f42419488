using System.Net;
using System.Text;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Telemetry;

/// <summary>
/// Gateway and Worker as processes with the environment that an AppHost of Aspire 13 gives them, and nothing else: where Redis, WAHA and the dashboard
/// are, who they are, how often they tell; and the secrets that the AppHost hands on.
/// </summary>
internal sealed class DashboardSystem : IAsyncDisposable
{
    public const string DashboardKey = "dashboard-key-6c1f";

    private const string RedisPassword = "r3d1s=p4ss;w0rd&%$+/";
    private const string HmacKey = "hmac-planted-3391";
    private const string WahaKey = "waha-planted-7754";
    private const string ModelKey = "sk-planted-1187";
    private static readonly string MasterKey = Convert.ToBase64String(Encoding.ASCII.GetBytes("planted-master-key-of-32-bytes!!"));

    private readonly TemporaryFolder _folder = new();

    /// <summary>WAHA sends no trace of its own. Ours would, as soon as another test of this process listens to activities.</summary>
    private readonly HttpClient _http = new(new SocketsHttpHandler { ActivityHeadersPropagator = null });

    private readonly RedisServer _redis;
    private readonly Dictionary<string, string> _settings;

    private DashboardSystem(OtlpReceiver dashboard, FakeWaha waha, ScriptedModel model, RedisServer redis, string protocol)
    {
        (Dashboard, Waha, Model, _redis) = (dashboard, waha, model, redis);
        waha.ApiKey = WahaKey;
        _settings = new(StringComparer.Ordinal)
        {
            // What Aspire writes by itself, for a project in Development.
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true",
            ["ASPNETCORE_URLS"] = ProcessSettings.AnyPort,
            ["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true",
            ["LOGGING__CONSOLE__FORMATTERNAME"] = "simple",
            ["OTEL_BLRP_SCHEDULE_DELAY"] = "1000",
            ["OTEL_BSP_SCHEDULE_DELAY"] = "1000",
            ["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true",
            ["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true",
            ["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"] = "in_memory",
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = protocol == "grpc" ? dashboard.GrpcAddress : dashboard.Address,
            ["OTEL_EXPORTER_OTLP_HEADERS"] = $"x-otlp-api-key={DashboardKey}",
            ["OTEL_EXPORTER_OTLP_PROTOCOL"] = protocol,
            ["OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"] = "true",
            ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
            ["OTEL_METRICS_EXEMPLAR_FILTER"] = "trace_based",
            ["OTEL_TRACES_SAMPLER"] = "always_on",

            // WithReference.
            ["ConnectionStrings__redis"] = $"localhost:{redis.Port},password={RedisPassword}",
            ["REDIS_HOST"] = "localhost",
            ["REDIS_PASSWORD"] = RedisPassword,
            ["WAHA_HTTP"] = waha.Url.ToString().TrimEnd('/'),
            ["services__waha__http__0"] = waha.Url.ToString().TrimEnd('/'),

            // WithEnvironment: parameters, and who is answered.
            ["Access__Mode"] = "Open",
            ["Ai__Main__ApiKey"] = ModelKey,
            ["Ai__Main__Endpoint"] = model.Endpoint,
            ["Ai__Main__Provider"] = "OpenAI",
            ["Security__MasterKey"] = MasterKey,
            ["Waha__ApiKey"] = WahaKey,
            ["Waha__WebhookHmacKey"] = HmacKey,
        };
    }

    /// <summary>What none of them may tell.</summary>
    public static IReadOnlyList<string> Secrets => [DashboardKey, RedisPassword, HmacKey, WahaKey, ModelKey, MasterKey];

    public OtlpReceiver Dashboard { get; }

    public FakeWaha Waha { get; }

    public ScriptedModel Model { get; }

    public OpenClawProcess Gateway { get; private set; } = null!;

    public OpenClawProcess Worker { get; private set; } = null!;

    /// <param name="protocol"><c>grpc</c> or <c>http/protobuf</c>.</param>
    /// <param name="settings">More settings, in environment form.</param>
    public static async Task<DashboardSystem> StartAsync(string protocol, params (string Key, string Value)[] settings)
    {
        var redis = await RedisServer.StartAsync();
        var system = new DashboardSystem(await OtlpReceiver.StartAsync(), await FakeWaha.StartAsync(), await ScriptedModel.StartAsync(), redis, protocol);
        foreach (var (key, value) in settings)
            system._settings[key] = value;
        redis.Execute("CONFIG", "SET", "requirepass", RedisPassword);
        system.Gateway = system.Start("OpenClaw.Gateway", "gateway", "gateway-abcdefgh");
        await system.Gateway.WaitUntilReadyAsync();
        system.Worker = system.Start("OpenClaw.Worker", "worker", "worker-ijklmnop");
        await system.Worker.WaitUntilReadyAsync();
        return system;
    }

    /// <summary>Posts a webhook as WAHA does, signed, or as a stranger does.</summary>
    public async Task<HttpStatusCode> PostAsync(WahaWebhook webhook, bool isSigned = true)
    {
        using var response = await webhook.PostAsync(_http, new Uri(Gateway.Url, "webhooks/waha"), isSigned ? HmacKey : null);
        return response.StatusCode;
    }

    /// <summary>As the AppHost asks for it, every few seconds.</summary>
    public async Task<string> HealthAsync() => await _http.GetStringAsync(new Uri(Gateway.Url, "health"));

    public async ValueTask DisposeAsync()
    {
        Waha.Release();
        await Worker.DisposeAsync();
        await Gateway.DisposeAsync();
        await Model.DisposeAsync();
        await Waha.DisposeAsync();
        await _redis.DisposeAsync();
        await Dashboard.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }

    private OpenClawProcess Start(string program, string name, string instance) => OpenClawProcess.Start(
        program, _folder, [.. _settings.Select(setting => (setting.Key, setting.Value)), ("OTEL_SERVICE_NAME", name), ("OTEL_RESOURCE_ATTRIBUTES", $"service.instance.id={instance}")]);
}
