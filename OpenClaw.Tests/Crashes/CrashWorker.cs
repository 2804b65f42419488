using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenClaw.Core;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Builders;
using OpenClaw.Worker;
using OpenClaw.Worker.Inbox;

namespace OpenClaw.Tests.Crashes;

/// <summary>A handler at work, which a test may leave behind at any step.</summary>
/// <param name="Hold">Its lease.</param>
/// <param name="Handling">Ends as the handler ends.</param>
internal sealed record WorkAtHand(LaneHold Hold, Task<DateTimeOffset?> Handling)
{
    /// <summary>The process is gone: whatever it waited for never comes.</summary>
    public async Task KillAsync()
    {
        Hold.Lose();
        await Should.ThrowAsync<OperationCanceledException>(Handling);
    }
}

/// <summary>
/// The worker's services over the rig's data directory, moved by hand: one lane at a time, and the clock goes on only when every lane
/// waits for a later time.
/// </summary>
internal sealed class CrashWorker : IAsyncDisposable
{
    private readonly CrashRig _rig;
    private readonly IHost _host;

    public CrashWorker(CrashRig rig, IReadOnlyDictionary<string, string?> settings, Action<IServiceCollection> change)
    {
        _rig = rig;
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = rig.Folder });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddSingleton<TimeProvider>(rig.Time);
        builder.Services.AddCore(builder.Configuration).AddWorkerSettings().AddWorker().AddWahaClient(builder.Configuration);
        builder.Services.AddServedOptions<HostOptions>("HostOptions");
        change(builder.Services);
        _host = builder.Build();
    }

    public IDatabase Database => Get<IDatabase>();

    public LeaseKeeper Keeper => Get<LeaseKeeper>();

    private SqlLaneScheduler Scheduler => Get<SqlLaneScheduler>();

    public T Get<T>()
        where T : notnull => _host.Services.GetRequiredService<T>();

    /// <summary>Lets the product's own consumer work, on threads of its own.</summary>
    public Task StartConsumingAsync() => _host.StartAsync(_rig.Patience);

    /// <summary>A clean stop of the consumer, as SIGTERM makes it.</summary>
    public Task StopConsumingAsync() => _host.StopAsync(_rig.Patience);

    /// <summary>A message comes in.</summary>
    public Task ReceiveAsync(string text, string phone = "5511987654321", string locale = "pt-BR") => ReceiveAsync(text, phone, locale, IntakeOutcome.Accepted);

    /// <summary>A message comes in beyond the limits.</summary>
    public Task ReceiveTooMuchAsync(string text) => ReceiveAsync(text, "5511987654321", "pt-BR", IntakeOutcome.Limited);

    /// <summary>A message comes in from a group.</summary>
    public Task ReceiveInGroupAsync(string text) => ReceiveAsync(text, "5511987654321", "pt-BR", IntakeOutcome.Accepted, "120363000000000001");

    /// <summary>A message comes in from a chat that WAHA names so.</summary>
    public Task ReceiveFromAsync(string text, string chatId) => ReceiveAsync(text, "5511987654321", "pt-BR", IntakeOutcome.Accepted, chatId: chatId);

    private async Task ReceiveAsync(string text, string phone, string locale, IntakeOutcome expected, string? group = null, string? chatId = null)
    {
        var person = await Get<PeopleDirectory>().EnsureAsync(new SenderIdentity(phone, null), locale, "America/Sao_Paulo", _rig.Patience);
        var rawId = WahaWebhook.NextId();
        var now = _rig.Time.GetUtcNow();
        var chat = chatId ?? (group is null ? $"{phone}@c.us" : $"{group}@g.us");
        var message = new InboundMessage(
            "default", rawId, person, group, now, now, $"request-{rawId}", null, new MessageContent(text, chat, $"false_{chat}_{rawId}", null, null, null));
        (await Get<InboundStore>().AcceptAsync(message, _rig.Patience)).ShouldBe(expected);
    }

    /// <summary>Ends leases and claims of the process before, and lets its unfinished turns go first.</summary>
    public async Task TakeOverAsync()
    {
        await Scheduler.EndAllLeasesAsync(_rig.Patience);
        await Get<OutboxStore>().EndAllClaimsAsync(_rig.Patience);
        // The Gateway before, and the one that takes over.
        await Get<ProcessFacts>().MarkStartedAsync(_rig.Patience);
        await Get<ProcessFacts>().MarkStartedAsync(_rig.Patience);
    }

    /// <summary>Starts on the next ready lane and returns while the handler is at work.</summary>
    public async Task<WorkAtHand> BeginAsync()
    {
        var batch = await Scheduler.LeaseAsync(1, _rig.Patience);
        var hold = Keeper.Hold(batch.Leases.ShouldHaveSingleItem(), _rig.Patience);
        return new WorkAtHand(hold, Task.Run(() => HandleAsync(hold)));
    }

    /// <summary>Works until no lane has anything to do, now or later.</summary>
    public async Task RunAsync()
    {
        while (await StepAsync())
        {
        }
    }

    /// <summary>Handles one lane, or moves the clock to the next time at which one is ready.</summary>
    /// <returns>False when nothing is left.</returns>
    public async Task<bool> StepAsync()
    {
        var batch = await Scheduler.LeaseAsync(1, _rig.Patience);
        if (batch.Leases.Count == 0)
        {
            if (batch.NextReadyAt is { } at)
                _rig.Time.Advance(at - _rig.Time.GetUtcNow());
            return batch.NextReadyAt is not null;
        }

        var hold = Keeper.Hold(batch.Leases[0], _rig.Patience);
        var readyAt = await HandleAsync(hold);
        Keeper.Drop(hold);
        await Scheduler.ReleaseAsync(hold.Lease, readyAt, _rig.Patience);
        return true;
    }

    /// <summary>The typed states of all messages, oldest first: <c>sent</c>, <c>dead:reason</c> ...</summary>
    public IReadOnlyList<string> InboundStates() => States("inbound");

    /// <summary>The typed states of all bubbles, oldest first.</summary>
    public IReadOnlyList<string> OutboxStates() => States("outbox");

    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    private List<string> States(string table) => Database.Read(sql => sql.Query(
        $"SELECT state, reason FROM {table} ORDER BY {table}_id", row => row.IsDBNull(1) || row.GetString(0) != "dead" ? row.GetString(0) : $"dead:{row.GetString(1)}"));

    private async Task<DateTimeOffset?> HandleAsync(LaneHold hold)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<MessageHandler>().HandleAsync(hold, hold.Token);
    }
}
