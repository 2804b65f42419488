using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Admission;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Crashes;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Admission;

/// <summary>Messages of hidden ids that WAHA has not linked yet.</summary>
public sealed class LidResolverTests : IAsyncLifetime
{
    private const string Lid = "99900011113333";
    private const string Phone = "5511987654321";
    private CrashRig _rig = null!;
    private CrashWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync();
        _worker = _rig.NewWorker();
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Linked_sender_is_answered_in_the_order_of_the_messages()
    {
        using var resolver = Resolver("Open");
        await HoldAsync(Lid, "um");
        await HoldAsync(Lid, "dois");
        _rig.Waha.Phone.Link($"{Lid}@lid", $"{Phone}@c.us");

        await resolver.ResolveAllAsync(_rig.Patience);
        await _worker.RunAsync();

        _rig.Waha.Calls.OfType<ResolveLidCall>().Count().ShouldBe(1);
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("um\ndois");
        _worker.InboundStates().ShouldBe(["sent", "sent"]);
    }

    [Theory]
    [InlineData($"+{Phone}", "sent")]
    [InlineData("+15550100002", "denied")]
    public async Task Linked_sender_is_admitted_by_the_number(string allowed, string state)
    {
        using var resolver = Resolver("Allowlist", allowed);
        await HoldAsync(Lid, "oi");
        _rig.Waha.Phone.Link($"{Lid}@lid", $"{Phone}@c.us");

        await resolver.ResolveAllAsync(_rig.Patience);
        await _worker.RunAsync();

        _worker.InboundStates().ShouldBe([state]);
        _worker.Database.Read(sql => sql.QueryFirst("SELECT content_enc IS NULL FROM inbound", row => row.GetInt64(0))).ShouldBe(state == "denied" ? 1 : 0);
    }

    [Fact]
    public async Task Hidden_id_of_another_number_of_ours_is_not_answered()
    {
        using var resolver = Resolver("Open", sessions: ["default", "sales"]);
        await HoldAsync(Lid, "oi");
        await _worker.Get<ChatEventStore>().RecordSessionAsync("sales", "WORKING", new LinkedAccount(Phone, null), _rig.Time.GetUtcNow(), _rig.Patience);
        _rig.Waha.Phone.Link($"{Lid}@lid", $"{Phone}@c.us");

        await resolver.ResolveAllAsync(_rig.Patience);
        await _worker.RunAsync();

        _worker.Database.Read(sql => sql.Query("SELECT state || '/' || reason FROM inbound WHERE content_enc IS NULL", row => row.GetString(0))).ShouldBe(["ignored/own_session"]);
        _rig.Waha.Delivered.ShouldBeEmpty();
    }

    [Fact]
    public async Task Link_that_a_later_message_brought_needs_no_question()
    {
        using var resolver = Resolver("Allowlist", $"+{Phone}");
        await HoldAsync(Lid, "oi");
        await _worker.Get<PeopleDirectory>().EnsureAsync(new SenderIdentity(Phone, Lid), "pt-BR", "UTC", _rig.Patience);

        await resolver.ResolveAllAsync(_rig.Patience);
        await _worker.RunAsync();

        _rig.Waha.Calls.OfType<ResolveLidCall>().ShouldBeEmpty();
        _worker.InboundStates().ShouldBe(["sent"]);
    }

    [Fact]
    public async Task What_waited_too_long_is_not_answered_any_more()
    {
        using var resolver = Resolver("Open");
        await HoldAsync(Lid, "oi");
        _rig.Time.Advance(TimeSpan.FromHours(13));
        _rig.Waha.Phone.Link($"{Lid}@lid", $"{Phone}@c.us");

        await resolver.ResolveAllAsync(_rig.Patience);

        _worker.InboundStates().ShouldBe(["ignored"]);
        _worker.Database.Read(sql => sql.QueryFirst("SELECT content_enc IS NULL FROM inbound", row => row.GetInt64(0))).ShouldBe(1);
    }

    [Fact]
    public async Task Id_that_waha_does_not_know_is_asked_for_ever_less_often()
    {
        using var resolver = Resolver("Open");
        await HoldAsync(Lid, "oi");

        var gaps = await GapsAsync(resolver, count: 9);

        gaps.ShouldBe([5, 10, 20, 40, 80, 160, 320, 600, 600]);
        _worker.InboundStates().ShouldBe(["held"]);
    }

    [Fact]
    public async Task Waha_that_cannot_answer_is_asked_again_soon()
    {
        using var resolver = Resolver("Open");
        _rig.Waha.HasStore = false;
        await HoldAsync(Lid, "oi");

        (await GapsAsync(resolver, count: 5)).ShouldBe([5, 5, 5, 5, 5]);
    }

    [Fact]
    public async Task Many_unknown_ids_do_not_keep_a_known_one_waiting()
    {
        using var resolver = Resolver("Open");
        for (var i = 0; i < 60; i++)
            await HoldAsync(string.Create(CultureInfo.InvariantCulture, $"888000111122{i:D2}"), "quem?");
        await HoldAsync(Lid, "oi");
        _rig.Waha.Phone.Link($"{Lid}@lid", $"{Phone}@c.us");

        await resolver.ResolveAllAsync(_rig.Patience);
        await resolver.ResolveAllAsync(_rig.Patience);
        await _worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("oi");
    }

    /// <summary>Seconds between the questions, looking every second.</summary>
    private async Task<List<double>> GapsAsync(LidResolver resolver, int count)
    {
        var asked = new List<DateTimeOffset>();
        while (asked.Count <= count)
        {
            await resolver.ResolveAllAsync(_rig.Patience);
            if (_rig.Waha.Calls.OfType<ResolveLidCall>().Count() > asked.Count)
                asked.Add(_rig.Time.GetUtcNow());
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
        }

        return asked.Zip(asked.Skip(1), (before, after) => (after - before).TotalSeconds).ToList();
    }

    [Fact]
    public async Task Of_two_Gateways_only_one_asks_and_the_other_takes_over_when_it_stops()
    {
        var otherProcess = _rig.NewWorker();
        using var leader = Resolver("Open");
        using var other = Resolver("Open", process: otherProcess);
        await HoldAsync(Lid, "oi");

        await leader.ResolveAllAsync(_rig.Patience);
        await other.ResolveAllAsync(_rig.Patience);
        _rig.Waha.Calls.OfType<ResolveLidCall>().Count().ShouldBe(1);

        _rig.Waha.Phone.Link($"{Lid}@lid", $"{Phone}@c.us");
        await leader.StopAsync(_rig.Patience);
        await other.ResolveAllAsync(_rig.Patience);
        _rig.Waha.Calls.OfType<ResolveLidCall>().Count().ShouldBe(2);
        await otherProcess.RunAsync();
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("oi");
    }

    [Fact]
    public async Task A_Gateway_that_is_gone_is_followed_when_its_lease_has_run_out()
    {
        var otherProcess = _rig.NewWorker();
        using var gone = Resolver("Open");
        using var other = Resolver("Open", process: otherProcess);
        await HoldAsync(Lid, "oi");
        await gone.ResolveAllAsync(_rig.Patience);

        _rig.Time.Advance(TimeSpan.FromSeconds(29));
        await other.ResolveAllAsync(_rig.Patience);
        _rig.Waha.Calls.OfType<ResolveLidCall>().Count().ShouldBe(1);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await other.ResolveAllAsync(_rig.Patience);

        _rig.Waha.Calls.OfType<ResolveLidCall>().Count().ShouldBe(2);
    }

    [Fact]
    public async Task While_nobody_is_held_nobody_leads()
    {
        using var resolver = Resolver("Open");

        await resolver.ResolveAllAsync(_rig.Patience);

        _worker.Database.Read(sql => sql.Query("SELECT job FROM job_leases", row => row.GetString(0))).ShouldBeEmpty();
    }

    private LidResolver Resolver(string mode, string? allowed = null, CrashWorker? process = null, params string[] sessions)
    {
        var waha = new WahaOptions();
        foreach (var session in sessions)
            waha.Sessions.Add(session);
        process ??= _worker;
        var access = new AccessOptions { Mode = mode };
        if (allowed is not null)
            access.Allowed.Add(allowed);
        var people = process.Get<PeopleDirectory>();
        return new LidResolver(
            process.Get<HeldStore>(), people, new AccessPolicy(Options.Create(access), [], people),
            new OwnSessions(process.Get<SessionAccounts>(), process.Get<AccountHealth>(), people, Options.Create(waha)), process.Get<WahaClient>(), process.Get<IJobLeases>(),
            Options.Create(new WebhooksOptions()), _rig.Time, NullLogger<LidResolver>.Instance);
    }

    private async Task HoldAsync(string lid, string text)
    {
        var person = await _worker.Get<PeopleDirectory>().EnsureAsync(new SenderIdentity(null, lid), "pt-BR", "America/Sao_Paulo", _rig.Patience);
        var rawId = WahaWebhook.NextId();
        var now = _rig.Time.GetUtcNow();
        var message = new InboundMessage(
            "default", rawId, person, null, now, now, $"request-{rawId}", null, new MessageContent(text, $"{lid}@lid", $"false_{lid}@lid_{rawId}", null, null, null));
        (await _worker.Get<InboundStore>().HoldAsync(message, "lid_not_linked", _rig.Patience)).ShouldBe(IntakeOutcome.Held);
    }
}
