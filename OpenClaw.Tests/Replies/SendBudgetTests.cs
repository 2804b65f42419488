using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Crashes;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Replies;

/// <summary>Bubbles over the hourly budgets, on a clock that goes on only when every lane waits.</summary>
public sealed class SendBudgetTests
{
    private const string Ana = "5511888880000";

    [Fact]
    public async Task A_chat_over_its_budget_waits_in_order_without_an_attempt_and_others_go_on()
    {
        await using var rig = await CrashRig.StartAsync(("Limits:BubblesPerHourPerChat", "2"));
        var worker = rig.NewWorker();
        var start = rig.Time.GetUtcNow();
        await worker.ReceiveAsync("conte");
        rig.Model.Enqueue(ScriptedReply.Text(string.Join("\n\n", Enumerable.Range(0, 4).Select(i => $"{i}{new string('x', 1400)}"))));
        await worker.StepAsync();
        await worker.ReceiveAsync("oi", Ana);

        await worker.RunAsync();

        var delivered = rig.Waha.Delivered;
        delivered.Select(bubble => bubble.Text[0]).ShouldBe(['0', '1', 'o', '2', '3']);
        delivered.Select(bubble => Math.Round((bubble.At - start).TotalMinutes)).ShouldBe([0, 0, 0, 30, 60]);
        Attempts(worker).ShouldAllBe(attempts => attempts == 1);
        worker.InboundStates().ShouldAllBe(state => state == "sent");
    }

    [Fact]
    public async Task A_session_over_its_budget_gives_each_chat_a_place_of_its_own()
    {
        await using var rig = await CrashRig.StartAsync(("Limits:BubblesPerHourPerSession", "2"), ("Limits:BubblesPerHourPerChat", "0"));
        var worker = rig.NewWorker();
        var start = rig.Time.GetUtcNow();
        for (var i = 0; i < 5; i++)
            await worker.ReceiveAsync($"oi {i}", $"551188888000{i}");

        await worker.RunAsync();

        rig.Waha.Delivered.Select(bubble => Math.Round((bubble.At - start).TotalMinutes)).ShouldBe([0, 0, 30, 60, 90]);
        Attempts(worker).ShouldAllBe(attempts => attempts == 1);
    }

    [Fact]
    public async Task Journey_tells_that_the_answer_waited_for_the_budget()
    {
        await using var rig = await CrashRig.StartAsync(("Limits:BubblesPerHourPerSession", "1"));
        var worker = rig.NewWorker();
        await worker.ReceiveAsync("um", Ana);
        await worker.ReceiveAsync("dois");

        await worker.RunAsync();

        var request = worker.Database.Read(sql => sql.Query("SELECT request_id FROM inbound ORDER BY inbound_id", row => row.GetString(0)))[1];
        var journey = worker.Get<JourneyStore>().Find(request).ShouldNotBeNull();
        var step = journey.Steps.Single(step => step.Kind == JourneyStepKind.BudgetUsedUp);
        step.Detail.ShouldBe("session");
        journey.Steps.Where(other => other.Bubble is not null).Select(other => other.Kind).Take(4).ShouldBe(
            [JourneyStepKind.Queued, JourneyStepKind.BudgetUsedUp, JourneyStepKind.Claimed, JourneyStepKind.Accepted]);
    }

    [Fact]
    public async Task A_notice_makes_way_for_the_answers_of_its_own_chat()
    {
        // One place is for answers only.
        await using var rig = await CrashRig.StartAsync(
            ("Limits:BubblesPerHourPerSession", "10"), ("Limits:BubblesPerHourPerChat", "0"), ("Limits:MessagesPerMinutePerChat", "1"), ("Limits:MessagesPerMinutePerPerson", "0"));
        var worker = rig.NewWorker();
        for (var i = 0; i < 8; i++)
            await worker.ReceiveAsync($"oi {i}", $"551188888000{i}");
        await worker.RunAsync();
        await worker.ReceiveAsync("uma");
        await worker.RunAsync();
        await worker.ReceiveTooMuchAsync("demais");
        // The notice is tried, and there is one place left.
        await worker.StepAsync();
        worker.OutboxStates().Count(state => state == "queued").ShouldBe(1);

        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await worker.ReceiveAsync("outra");
        await worker.StepAsync();
        rig.Waha.Delivered[^1].Text.ShouldBe("outra");
        worker.OutboxStates().Count(state => state == "queued").ShouldBe(1);

        await worker.Get<Reconciler>().SignalAllAsync(CancellationToken.None);
        await worker.RunAsync();
        rig.Waha.Delivered[^1].Text.ShouldContain("Calma");
        rig.Waha.Delivered.Count.ShouldBe(11);
    }

    [Fact]
    public async Task A_send_that_is_repeated_counts_again()
    {
        await using var rig = await CrashRig.StartAsync(("Limits:BubblesPerHourPerChat", "2"), ("Limits:BubblesPerHourPerSession", "0"), ("Delivery:Quarantine", "00:00:00"));
        var worker = rig.NewWorker();
        var start = rig.Time.GetUtcNow();
        rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut, FakeWahaFault.NotDeliveredAndCut);
        await worker.ReceiveAsync("oi");

        await worker.RunAsync();

        rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBe(3);
        (rig.Waha.Delivered.ShouldHaveSingleItem().At - start).TotalMinutes.ShouldBeInRange(29, 31);
        worker.InboundStates().ShouldBe(["sent"]);
    }

    [Theory]
    [InlineData(nameof(FakeWahaFault.SessionGone))]
    [InlineData(nameof(FakeWahaFault.Redirect))]
    public async Task A_send_that_certainly_did_not_happen_keeps_its_place(string name)
    {
        await using var rig = await CrashRig.StartAsync(("Limits:BubblesPerHourPerChat", "2"), ("Limits:BubblesPerHourPerSession", "2"));
        var worker = rig.NewWorker();
        var start = rig.Time.GetUtcNow();
        var fault = Enum.Parse<FakeWahaFault>(name);
        rig.Waha.FaultNext(fault, fault, fault);
        await worker.ReceiveAsync("um");
        await worker.RunAsync();
        await worker.ReceiveAsync("dois");

        await worker.RunAsync();

        rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBe(5);
        (rig.Waha.Delivered[^1].At - start).ShouldBeLessThan(TimeSpan.FromMinutes(10));
        worker.InboundStates().ShouldBe(["sent", "sent"]);
    }

    [Fact]
    public async Task Without_budgets_nothing_is_counted()
    {
        await using var rig = await CrashRig.StartAsync(("Limits:MessagesPerMinutePerChat", "0"));
        var worker = rig.NewWorker();
        await worker.ReceiveAsync("oi");

        await worker.RunAsync();

        worker.Database.Read(sql => sql.QueryFirst("SELECT COUNT(*) FROM bubble_budgets", row => row.GetInt64(0))).ShouldBe(0);
    }

    [Fact]
    public async Task What_finds_the_session_away_and_is_let_in_all_the_same_takes_its_place_first()
    {
        await using var rig = await CrashRig.StartAsync(("Limits:BubblesPerHourPerChat", "2"), ("Limits:MessagesPerMinutePerChat", "1"), ("Limits:MessagesPerMinutePerPerson", "0"));
        var start = rig.Time.GetUtcNow();
        // Whoever is told when to come back comes late: by then the break is over.
        var slow = new SlowRandom(() => rig.Time.Advance(TimeSpan.FromSeconds(6)));
        var worker = rig.NewWorker(services => services.AddSingleton<Random>(slow).AddSingleton<ILaneGate, NoGate>());
        await worker.ReceiveAsync("um");
        await worker.RunAsync();
        await worker.ReceiveTooMuchAsync("demais");
        var session = worker.Get<IntegrationRegistry>().Waha("default");
        while (session.IsClosed)
        {
            using var call = session.Enter();
            call.Failed();
        }

        slow.IsSlow = true;
        await worker.RunAsync();
        slow.IsSlow = false;
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await worker.ReceiveAsync("dois");
        await worker.RunAsync();

        // Two places: the third waits for its own.
        rig.Waha.Delivered.Count.ShouldBe(3);
        (rig.Waha.Delivered[^1].At - start).ShouldBeGreaterThan(TimeSpan.FromMinutes(25));
    }

    [Fact]
    public async Task What_was_sent_without_budgets_has_no_place_when_there_are_some()
    {
        await using var rig = await CrashRig.StartAsync();
        rig.Waha.FaultNext(FakeWahaFault.SessionGone);
        var worker = rig.NewWorker();
        await worker.ReceiveAsync("um");
        await worker.StepAsync();
        worker.OutboxStates().ShouldBe(["queued"]);

        var successor = rig.NewWorker(services => services.PostConfigure<LimitsOptions>(limits => limits.BubblesPerHourPerChat = 1));
        await successor.RunAsync();
        var first = rig.Waha.Delivered.ShouldHaveSingleItem();
        await successor.ReceiveAsync("dois");
        await successor.RunAsync();

        Math.Round((rig.Waha.Delivered[1].At - first.At).TotalMinutes).ShouldBe(60);
    }

    private static List<long> Attempts(CrashWorker worker) => worker.Database.Read(sql => sql.Query("SELECT attempts FROM outbox", row => row.GetInt64(0)));

    /// <summary>Takes its time.</summary>
    private sealed class SlowRandom(Action wait) : Random
    {
        public bool IsSlow { get; set; }

        public override double NextDouble()
        {
            if (IsSlow)
                wait();
            return 0;
        }
    }

    /// <summary>Lanes begin whatever is away.</summary>
    private sealed class NoGate : ILaneGate
    {
        public DateTimeOffset? WaitsUntil(string session, bool isGroup, bool onlySends) => null;
    }
}
