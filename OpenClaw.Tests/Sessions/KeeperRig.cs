using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.Core;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Accounts;
using OpenClaw.Gateway.Admission;
using OpenClaw.Gateway.Backfill;
using OpenClaw.Gateway.Flow;
using OpenClaw.Gateway.Health;
using OpenClaw.Gateway.Sessions;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Sessions;

/// <summary>Keepers as processes of their own over one database and one fake WAHA, moved by hand on a clock that stands still.</summary>
internal sealed class KeeperRig : IAsyncDisposable
{
    public const string HmacKey = "keeper-hmac-key";
    public const string Url = "http://gateway:5080/webhooks/waha";

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(2));
    private readonly List<KeeperProcess> _processes = [];
    private readonly (string Key, string? Value)[] _settings;

    private KeeperRig(FakeWaha waha, (string Key, string? Value)[] settings) => (Waha, _settings) = (waha, settings);

    public FakeWaha Waha { get; }

    public ManualTimeProvider Time { get; } = new();

    public CapturedLogs Logs { get; } = new();

    public CancellationToken Patience => _patience.Token;

    public static async Task<KeeperRig> StartAsync(params (string Key, string? Value)[] settings) => new(await FakeWaha.StartAsync(), settings);

    public KeeperProcess NewProcess()
    {
        var process = new KeeperProcess(this, _folder.Path, _settings);
        _processes.Add(process);
        return process;
    }

    /// <summary>What the product asked WAHA to change, in order: <c>configure</c>, <c>start</c>, <c>restart</c> ...</summary>
    public IReadOnlyList<string> Changes => [.. Waha.Calls.OfType<SessionChangeCall>().Select(call => call.Change)];

    /// <summary>How often a log line holds this.</summary>
    public int Told(string text) => Logs.Lines.Count(line => line.Contains(text, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
            process.Dispose();
        await Waha.DisposeAsync();
        _patience.Dispose();
        _folder.Dispose();
    }
}

/// <summary>One Gateway's keeper.</summary>
internal sealed class KeeperProcess : IDisposable
{
    private readonly KeeperRig _rig;
    private readonly IHost _host;

    public KeeperProcess(KeeperRig rig, string folder, IEnumerable<(string Key, string? Value)> settings)
    {
        _rig = rig;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = folder });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Storage:DataDirectory"] = folder,
            ["Waha:BaseUrl"] = rig.Waha.Url.ToString(),
            ["Waha:ApiKey"] = rig.Waha.ApiKey,
            ["Waha:WebhookHmacKey"] = KeeperRig.HmacKey,
            ["Waha:WebhookUrl"] = KeeperRig.Url,
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>(setting.Key.Replace("__", ":", StringComparison.Ordinal), setting.Value)));
        builder.Logging.AddProvider(rig.Logs);
        builder.Logging.SetMinimumLevel(LogLevel.Information);
        builder.Services.AddSingleton<TimeProvider>(rig.Time);
        builder.Services.AddSingleton(new Random(4711));
        builder.Services.AddCore(builder.Configuration).AddWahaClient(builder.Configuration);
        builder.Services.Configure<AccessOptions>(builder.Configuration.GetSection("Access"));
        builder.Services.AddSingleton<LimitQuestions>().AddSingleton<AccountWatch>().AddSingleton<AccountsCheck>();
        builder.Services.AddSingleton<HistorySignals>().AddSingleton<SessionSignals>().AddSingleton<SessionBoard>().AddSingleton<OwnerNews>().AddSingleton<FlowBoard>().AddSingleton<FlowRules>().AddSingleton<FlowWatch>().AddSingleton<FlowCheck>().AddSingleton<WebhookRegistrar>().AddSingleton<SessionKeeper>().AddSingleton<SessionsCheck>();
        _host = builder.Build();
    }

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    public SessionKeeper Keeper => Get<SessionKeeper>();

    /// <summary>Looks at what is due now.</summary>
    public Task<DateTimeOffset> LookAsync() => Keeper.KeepAsync(_rig.Patience);

    /// <summary>Moves the clock from look to look for so long.</summary>
    public async Task RunAsync(TimeSpan duration)
    {
        var end = _rig.Time.GetUtcNow() + duration;
        while (true)
        {
            var next = await LookAsync();
            var now = _rig.Time.GetUtcNow();
            _rig.Time.Advance((next < end ? next : end) - now);
            if (next >= end)
                return;
        }
    }

    /// <summary>WAHA's event comes in and the keeper looks.</summary>
    public async Task TellAsync(string status, string session = "default")
    {
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        _rig.Waha.Sessions[session] = status;
        await Get<ChatEventStore>().RecordSessionAsync(session, status, null, _rig.Time.GetUtcNow(), _rig.Patience);
        Get<SessionSignals>().Tell(session);
        await LookAsync();
    }

    /// <summary>What <c>/health</c> says of the sessions; null when all work.</summary>
    public async Task<string?> HealthAsync()
    {
        var result = await Get<SessionsCheck>().CheckHealthAsync(new HealthCheckContext(), _rig.Patience);
        return result.Status == HealthStatus.Healthy ? null : result.Description;
    }

    public void Dispose() => _host.Dispose();
}
