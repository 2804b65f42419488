using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>
/// A WAHA as a real HTTP server on loopback, answering as the recorded one does. The phone behind it keeps its own log, so the server can be
/// stopped and started again on the same port; every step of a send can be made to fail.
/// </summary>
internal sealed class FakeWaha : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<FakeWahaCall> _calls = [];
    private readonly ConcurrentQueue<FakeWahaFault> _faults = new();
    private TaskCompletionSource _called = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenSource _life = new();
    private WebApplication? _server;
    private FakeWahaEcho? _echo;
    private int _vainIdCalls;

    private FakeWaha(FakeWahaPhone phone) => Phone = phone;

    /// <summary>Base address with a trailing slash; stays the same over <see cref="RestartAsync"/>.</summary>
    public Uri Url { get; private set; } = new("http://127.0.0.1/");

    /// <summary>The key that every call but <c>/ping</c> must bring.</summary>
    public string ApiKey { get; set; } = "fake-waha-key";

    public FakeWahaPhone Phone { get; }

    /// <summary>Session name -> status; others do not exist.</summary>
    public ConcurrentDictionary<string, string> Sessions { get; } = new(StringComparer.Ordinal) { ["default"] = "WORKING" };

    /// <summary>Session name -> number of the phone that is linked; another than the one that all have.</summary>
    public ConcurrentDictionary<string, string> Linked { get; } = new(StringComparer.Ordinal);

    /// <summary>Session name -> config; WAHA 2026.2 keeps none over <see cref="RestartAsync"/>, see <see cref="ForgetSessions"/>.</summary>
    public ConcurrentDictionary<string, JsonObject> Configs { get; } = new(StringComparer.Ordinal);

    /// <summary>WAHA's own environment, as it tells it: with secrets.</summary>
    public JsonObject? Environment { get; set; } = new() { ["WAHA_API_KEY"] = "environment-secret" };

    /// <summary>Seen and typing are answered 500.</summary>
    public bool MannersFail { get; set; }

    /// <summary>What is told of WhatsApp's limits, by <c>timelock</c> and <c>capping</c>; a limit that is not here is not served, as before 2026.7.2.</summary>
    public ConcurrentDictionary<string, JsonObject> Limits { get; } = new(StringComparer.Ordinal);

    /// <summary>What becomes of a session that is started or restarted; by default it begins to start.</summary>
    public Func<string, string>? OnStart { get; set; }

    /// <summary>False: the config is shown without the key of its webhooks.</summary>
    public bool ShowsHmacKeys { get; set; } = true;

    /// <summary>What a restarted WAHA 2026.2 has left: sessions that are stopped, without config; and it started later than before.</summary>
    public void ForgetSessions()
    {
        Configs.Clear();
        foreach (var name in Sessions.Keys)
            Sessions[name] = "STOPPED";
        StartedAt += TimeSpan.FromSeconds(1);
    }

    /// <summary>The shape of a send's 201.</summary>
    public FakeWahaEngine Engine { get; set; }

    /// <summary>False: reading chats and lids answers 400, as NOWEB does without a store.</summary>
    public bool HasStore { get; set; } = true;

    /// <summary>True: reading the messages of a chat answers 500.</summary>
    public bool FailsToRead { get; set; }

    /// <summary>True: gives ids of messages to come, as 2026.4.3 and later do.</summary>
    public bool GivesMessageIds { get; set; }

    /// <summary>How often it was asked for such an id without giving any.</summary>
    public int VainIdCalls => Volatile.Read(ref _vainIdCalls);

    /// <summary>False: sends with ids of its own whatever it is asked for.</summary>
    public bool UsesMessageIds { get; set; } = true;

    /// <summary>False: does not tell since when it runs.</summary>
    public bool TellsStart { get; set; } = true;

    /// <summary>How long a call blocks while the session is not WORKING (the real one: 5 or 10 s), unless <see cref="Release"/> comes first.</summary>
    public TimeSpan BlockFor { get; set; }

    /// <summary>What 429 and 503 answers ask for.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Decides for each send what goes wrong; <see cref="FaultNext"/> goes before it.</summary>
    public Func<SendTextCall, FakeWahaFault>? OnSend { get; set; }

    /// <summary>When this server started, by the phone's clock, as <c>/api/server/status</c> tells: an hour before the first one was there.</summary>
    public DateTimeOffset StartedAt { get; private set; }

    /// <inheritdoc cref="FakeWahaPhone.Delivered" />
    public IReadOnlyList<FakeWahaBubble> Delivered => Phone.Delivered;

    /// <summary>Every call so far, in order of arrival.</summary>
    public IReadOnlyList<FakeWahaCall> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    /// <param name="phone">The phone of an earlier fake, to continue with its log.</param>
    /// <param name="port">0 = any free one.</param>
    public static async Task<FakeWaha> StartAsync(FakeWahaPhone? phone = null, int port = 0)
    {
        var fake = new FakeWaha(phone ?? new FakeWahaPhone());
        await fake.ListenAsync(port);
        return fake;
    }

    /// <summary>The process is gone: open calls are cut, what hangs in them is never delivered, and the port refuses connections.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _server, null) is not { } server)
            return;
        await _life.CancelAsync();
        await server.StopAsync(_life.Token);
        await server.DisposeAsync();
    }

    /// <summary>Stops, if it runs, and listens again on the same port.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await ListenAsync(Url.Port);
        StartedAt = Phone.Now;
    }

    /// <summary>The next sends fail in this order, then <see cref="OnSend"/> decides again.</summary>
    public void FaultNext(params ReadOnlySpan<FakeWahaFault> faults)
    {
        foreach (var fault in faults)
            _faults.Enqueue(fault);
    }

    /// <summary>Lets go every call that hangs or blocks now.</summary>
    public void Release()
    {
        TaskCompletionSource released;
        lock (_lock)
            (released, _released) = (_released, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        released.SetResult();
    }

    /// <inheritdoc cref="FakeWahaPhone.WaitForBubblesAsync(int, CancellationToken)" />
    public Task<IReadOnlyList<FakeWahaBubble>> WaitForBubblesAsync(int count, CancellationToken cancellationToken) =>
        Phone.WaitForBubblesAsync(count, cancellationToken);

    /// <inheritdoc cref="FakeWahaPhone.WaitForBubblesAsync(Func{IReadOnlyList{FakeWahaBubble}, bool}, CancellationToken)" />
    public Task<IReadOnlyList<FakeWahaBubble>> WaitForBubblesAsync(
        Func<IReadOnlyList<FakeWahaBubble>, bool> enough, CancellationToken cancellationToken) => Phone.WaitForBubblesAsync(enough, cancellationToken);

    /// <summary>Waits until <paramref name="count"/> calls of a kind arrived; a call counts before it blocks or fails.</summary>
    public async Task<IReadOnlyList<TCall>> WaitForCallsAsync<TCall>(int count, CancellationToken cancellationToken)
        where TCall : FakeWahaCall
    {
        while (true)
        {
            Task called;
            List<TCall> calls;
            lock (_lock)
            {
                called = _called.Task;
                calls = [.. _calls.OfType<TCall>()];
            }

            if (calls.Count >= count)
                return calls;
            await called.WaitAsync(cancellationToken);
        }
    }

    /// <summary>From now on posts what WAHA would about each delivered bubble: <c>message.any</c> (source api), then acks 1, 2, 3.</summary>
    public FakeWahaEcho EchoTo(Uri webhook, string hmacKey) => _echo = new FakeWahaEcho(webhook, hmacKey);

    public async ValueTask DisposeAsync()
    {
        Release();
        await StopAsync();
        if (_echo is not null)
            await _echo.DisposeAsync();
    }

    internal void Record(FakeWahaCall call)
    {
        TaskCompletionSource called;
        lock (_lock)
        {
            _calls.Add(call);
            (called, _called) = (_called, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        called.SetResult();
    }

    internal void CountVainIdCall() => Interlocked.Increment(ref _vainIdCalls);

    internal FakeWahaFault FaultOf(SendTextCall call) =>
        _faults.TryDequeue(out var fault) ? fault : OnSend?.Invoke(call) ?? FakeWahaFault.None;

    internal FakeWahaBubble Deliver(SendTextCall call)
    {
        var bubble = Phone.Deliver(call.Session, call.ChatId, call.Text, call.ReplyTo, UsesMessageIds ? call.MessageId : null);
        _echo?.Enqueue(bubble);
        return bubble;
    }

    /// <summary>Until <see cref="Release"/>, at most <paramref name="longest"/>; throws when the server stops meanwhile.</summary>
    /// <exception cref="OperationCanceledException">The endpoints turn it into a cut connection.</exception>
    internal async Task HoldAsync(TimeSpan longest)
    {
        Task released;
        CancellationToken life;
        lock (_lock)
            (released, life) = (_released.Task, _life.Token);
        if (longest != TimeSpan.Zero)
            await released.WaitAsync(longest, life).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        life.ThrowIfCancellationRequested();
    }

    private async Task ListenAsync(int port)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Logging.ClearProviders();
        var server = builder.Build();
        FakeWahaEndpoints.Map(server, this);
        lock (_lock)
            _life = new CancellationTokenSource();
        await server.StartAsync();
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Url = new Uri(address.TrimEnd('/') + "/");
        StartedAt = Phone.Now - TimeSpan.FromHours(1);
        _server = server;
    }
}
