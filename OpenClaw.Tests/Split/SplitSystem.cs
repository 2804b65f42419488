using System.Globalization;
using System.Net;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Split;

/// <summary>
/// A whole split system of real processes: Gateway, Workers, redis-server, the store; a fake WAHA and a scripted model as its outside
/// world. Each part can be killed, frozen and started again while the others go on.
/// </summary>
internal sealed class SplitSystem : IAsyncDisposable
{
    private const string HmacKey = "split-test-key";
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(3));
    private readonly Dictionary<string, string> _settings;
    private readonly List<HostProcess> _workers = [];
    private IDatabase? _database;

    private SplitSystem(SplitStore store, RedisServer redis, FakeWaha waha, ScriptedModel model)
    {
        (Store, Redis, Waha, Model) = (store, redis, waha, model);
        _settings = new(StringComparer.Ordinal)
        {
            ["ConnectionStrings__redis"] = redis.ConnectionString,
            ["Security__MasterKey"] = "b3BlbmNsYXctdGVzdC1tYXN0ZXIta2V5LTMyYnl0ZXM=",
            ["Waha__BaseUrl"] = waha.Url.ToString(),
            ["Waha__ApiKey"] = waha.ApiKey,
            ["Waha__WebhookHmacKey"] = HmacKey,
            ["Ai__Main__Provider"] = "OpenAI",
            ["Ai__Main__Endpoint"] = model.Endpoint,
            ["Ai__Main__ApiKey"] = "x",
            ["Access__Mode"] = "Open",
            ["Turns__QuietPeriod"] = "00:00:00",
            ["Turns__StartGrace"] = "00:00:01",
            ["Turns__RetryDelay"] = "00:00:00.050",
            ["Delivery__HumanPacing"] = "false",
            ["Delivery__SendTimeout"] = "00:00:05",
            ["Delivery__Quarantine"] = "00:00:03",
            ["Backfill__Enabled"] = "false",
            ["Limits__MessagesPerMinutePerChat"] = "0",
            ["Limits__MessagesPerMinutePerPerson"] = "0",
        };
        foreach (var (key, value) in store.Settings)
            _settings[key] = value;
        Gateway = new HostProcess("OpenClaw.Gateway", _settings);
    }

    public SplitStore Store { get; }

    public RedisServer Redis { get; }

    public FakeWaha Waha { get; }

    public ScriptedModel Model { get; }

    public HostProcess Gateway { get; }

    public IReadOnlyList<HostProcess> Workers => _workers;

    /// <summary>What Redis knows of leases.</summary>
    public LeaseProbe Leases => new(Redis);

    /// <summary>Ends a test that hangs.</summary>
    public CancellationToken Patience => _patience.Token;

    /// <summary>Everything runs and is healthy when this returns.</summary>
    public static async Task<SplitSystem> StartAsync(SplitStore store, int workers, bool withRedis = true)
    {
        var redis = withRedis ? await RedisServer.StartAsync() : RedisServer.Absent();
        var system = new SplitSystem(store, redis, await FakeWaha.StartAsync(), await ScriptedModel.StartAsync());
        try
        {
            // The Gateway first: it brings the database to the newest schema.
            system.Gateway.Start();
            await system.Gateway.WaitForHealthAsync(withRedis ? "healthy" : "degraded", system.Patience);
            for (var i = 0; i < workers; i++)
                await system.AddWorkerAsync(withRedis ? "healthy" : "degraded");
            return system;
        }
        catch
        {
            await system.DisposeAsync();
            throw;
        }
    }

    public async Task<HostProcess> AddWorkerAsync(string health = "healthy")
    {
        var worker = new HostProcess("OpenClaw.Worker", _settings);
        _workers.Add(worker);
        worker.Start();
        await worker.WaitForHealthAsync(health, Patience);
        return worker;
    }

    /// <summary>Posts a webhook as WAHA does: again and again until it is taken.</summary>
    public async Task SendAsync(string text, int chat = 0)
    {
        var webhook = WahaWebhook.Text(text, ChatOf(chat));
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        while (await PostAsync(webhook) != HttpStatusCode.Accepted)
            await poll.WaitForNextTickAsync(Patience);
    }

    /// <summary>Posts once; null where nobody answers.</summary>
    public async Task<HttpStatusCode?> PostAsync(WahaWebhook webhook)
    {
        try
        {
            using var response = await webhook.PostAsync(_http, new Uri(Gateway.Root, "webhooks/waha"), HmacKey);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>Waits until this many texts are answered, and nothing is left to do: what was not sent then will not be.</summary>
    public async Task<IReadOnlyList<string>> AnswersAsync(int count, int chat = 0)
    {
        try
        {
            await Waha.WaitForBubblesAsync(bubbles => AnswersIn(bubbles, chat).Count >= count, Patience);
            await SettledAsync();
        }
        catch (OperationCanceledException error)
        {
            throw new TimeoutException($"{AnswersIn(Waha.Delivered, chat).Count} of {count} answered.\n{State()}\nGateway:\n{Gateway.EndOfLog()}\n{string.Join('\n', Workers.Select(worker => "Worker:\n" + worker.EndOfLog()))}", error);
        }

        return AnswersIn(Waha.Delivered, chat);
    }

    /// <summary>Waits until nothing is left to answer or to send.</summary>
    public Task SettledAsync() => Eventually.TrueAsync(
        () => Number(
            """
            SELECT (SELECT COUNT(*) FROM inbound WHERE state NOT IN ('sent', 'delivered', 'ignored')) + (SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'sending'))
                + (SELECT COUNT(*) FROM turns WHERE state = 'running')
            """) == 0,
        Patience);

    public long Number(string sql) => Database.Read(session => session.QueryFirst(sql, row => row.IsDBNull(0) ? 0 : row.GetInt64(0)));

    public Task<int> ExecuteAsync(string sql) => Database.WriteAsync(session => session.Execute(sql), Patience);

    public async ValueTask DisposeAsync()
    {
        Waha.Release();
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await Gateway.DisposeAsync();
        await Model.DisposeAsync();
        await Waha.DisposeAsync();
        (_database as IDisposable)?.Dispose();
        await Redis.DisposeAsync();
        await Store.DisposeAsync();
        _http.Dispose();
        _patience.Dispose();
    }

    public static string ChatOf(int chat) => string.Create(CultureInfo.InvariantCulture, $"55119800000{chat:D2}@c.us");

    private IDatabase Database => _database ??= Store.Open();

    private string State() => string.Join('\n', Database.Read(sql => sql.Query(
        "SELECT 'inbound ' || state || ' ' || COALESCE(reason, '') || ' ' || COUNT(*) FROM inbound GROUP BY state, reason UNION ALL SELECT 'outbox ' || state || ' ' || COALESCE(reason, '') || ' ' || COUNT(*) FROM outbox GROUP BY state, reason UNION ALL SELECT 'turns ' || state || ' ' || COALESCE(reason, '') || ' ' || COUNT(*) FROM turns GROUP BY state, reason",
        row => row.GetString(0))));

    private static List<string> AnswersIn(IReadOnlyList<FakeWahaBubble> bubbles, int chat) =>
        bubbles.Where(bubble => bubble.ChatId == ChatOf(chat)).SelectMany(bubble => bubble.Text.Split('\n')).ToList();
}
