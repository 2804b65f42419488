using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Queue;
using OpenClaw.Worker.Jobs;

namespace OpenClaw.Tests.Jobs;

/// <summary>What the runner makes of handlers that work, throw or are missing; and when a reminder is said.</summary>
public sealed class JobRunnerTests() : TurnContract(new CoreFixture())
{
    private JobStore Store => Core.Get<JobStore>();

    private JobOptions Jobs => Core.Get<IOptions<JobOptions>>().Value;

    [Fact]
    public async Task What_is_due_is_said_and_the_next_time_is_told()
    {
        await ScheduleAsync("bolo", 0);
        await ScheduleAsync("depois", 60);

        (await RunAsync()).ShouldBe(Clock.Now + Seconds(60));

        (await SaidAsync()).ShouldBe(["⏰ Lembrete: bolo"]);
    }

    [Fact]
    public async Task A_handler_that_throws_is_asked_again_and_in_the_end_no_more()
    {
        await ScheduleAsync("bolo", 0);
        var broken = new Broken();
        for (DateTimeOffset? next = Clock.Now; next is not null; next = await RunAsync(broken))
            Clock.Advance(next.Value - Clock.Now);

        broken.Asked.ShouldBe(JobStore.MaxFailures);
        State().ShouldBe("dead:unexpected");
    }

    [Fact]
    public async Task A_kind_that_nobody_knows_is_tried_again_for_a_newer_process_and_never_forgotten()
    {
        await ScheduleAsync("bolo", 0, "laundry");

        (await RunAsync()).ShouldBe(Clock.Now + Seconds(5));

        State().ShouldBe("scheduled:unknown_kind");
    }

    [Fact]
    public async Task A_job_that_ends_its_process_again_and_again_is_given_up()
    {
        await ScheduleAsync("bolo", 0);
        await Core.ExecuteAsync("UPDATE scheduled_jobs SET attempts = @most", ("@most", (long)JobStore.MaxInterruptions));

        (await RunAsync()).ShouldBeNull();

        State().ShouldBe("dead:interrupted_too_often");
    }

    [Fact]
    public async Task A_stop_gives_the_rest_of_a_batch_back_and_another_process_says_it_at_once()
    {
        for (var i = 1; i <= 3; i++)
            await ScheduleAsync("r" + i, 0);
        using var stop = new CancellationTokenSource();

        await Should.ThrowAsync<OperationCanceledException>(RunAsync(new Stopping(stop), stop.Token));

        Core.Texts("SELECT CAST(attempts AS TEXT) FROM scheduled_jobs").ShouldAllBe(attempts => attempts == "0");
        await RunAsync();
        (await SaidAsync()).ShouldBe(["⏰ Lembrete: r1", "⏰ Lembrete: r2", "⏰ Lembrete: r3"]);
    }

    [Fact]
    public async Task While_only_answers_may_go_out_it_waits_and_no_attempt_is_spent()
    {
        await ScheduleAsync("bolo", 0);
        await Core.Get<AccountLimitStore>().NoteRefusedAsync("default", AccountLimit.Timelock, CancellationToken.None);

        (await RunAsync()).ShouldBe(Clock.Now + TimeSpan.FromMinutes(1));

        State().ShouldBe("scheduled:account_red");
        Core.Number("SELECT attempts FROM scheduled_jobs").ShouldBe(0);
        Clock.Advance(AccountLimitStore.UntoldEnd + Seconds(1));
        await RunAsync();
        (await SaidAsync()).Single().ShouldBe("⏰ Lembrete atrasado, era para 20/11 09:00: bolo");
    }

    [Fact]
    public async Task What_waited_for_its_account_too_long_is_a_dead_letter_that_can_be_replayed()
    {
        Jobs.GiveUpAfter = TimeSpan.FromHours(1);
        await ScheduleAsync("bolo", 0);
        await Core.Get<AccountLimitStore>().NoteRefusedAsync("default", AccountLimit.Timelock, CancellationToken.None);
        await RunAsync();
        State().ShouldBe("scheduled:account_red");

        Clock.Advance(TimeSpan.FromHours(1));
        (await RunAsync()).ShouldBeNull();

        State().ShouldBe("dead:account_red");
        var letter = Core.Get<DeadLetterStore>().List(new DeadLetterFilter(), null, 10).Items.ShouldHaveSingleItem();
        (letter.Id.Kind, letter.Reason).ShouldBe(("job", "account_red"));
        Clock.Advance(AccountLimitStore.UntoldEnd);
        (await Core.Get<DeadLetterStore>().ReplayAsync(letter.Id, CancellationToken.None)).ShouldBe(DeadLetterOutcome.Done);
        await RunAsync();
        (await SaidAsync()).Single().ShouldContain("bolo");
    }

    [Fact]
    public async Task In_quiet_hours_what_is_late_waits_for_the_morning_and_what_is_on_time_is_said()
    {
        Jobs.QuietHours = "22:00-07:00";
        await ScheduleAsync("atrasado", 3600 * 9);
        await ScheduleAsync("na hora", 3600 * 13.5);
        Clock.Advance(TimeSpan.FromHours(14));

        // 23:00 in São Paulo.
        (await RunAsync()).ShouldBe(Clock.Now + TimeSpan.FromHours(8));
        (await SaidAsync()).ShouldBe(["⏰ Lembrete: na hora"]);

        Clock.Advance(TimeSpan.FromHours(8));
        await RunAsync();
        (await SaidAsync()).ShouldBe(["⏰ Lembrete: na hora", "⏰ Lembrete atrasado, era para 20/11 18:00: atrasado"]);
    }

    [Fact]
    public async Task In_English_it_says_so_too()
    {
        await ScheduleAsync("call mom", 0, locale: "en");
        Clock.Advance(TimeSpan.FromHours(2));

        await RunAsync();

        (await SaidAsync()).ShouldBe(["⏰ Late reminder, was due 09:00: call mom"]);
    }

    private async Task ScheduleAsync(string text, double seconds, string kind = ReminderJob.Name, string locale = "pt-BR")
    {
        var maria = await MariaAsync();
        var chat = (await BeginAsync(await ReceiveAsync("oi"))).Chat;
        await Core.Get<PersonJobs>().ScheduleAsync(
            maria.Scope, chat, new NewJob(kind, Clock.Now + Seconds(seconds), new JobContent(text, locale, "America/Sao_Paulo")), CancellationToken.None);
        // Somebody who wrote, and was answered.
        await Core.ExecuteAsync(
            "INSERT INTO conversation (lane_id, person_id, role, order_at, tokens, key_id, content_enc) VALUES (@lane, @person, 'user', 1, 1, @key, @content)",
            ("@lane", chat.Lane.Value), ("@person", maria.Person.Value), ("@key", maria.Key.Value), ("@content", new byte[] { 1 }));
    }

    private Task<DateTimeOffset?> RunAsync(IJobHandler? handler = null, CancellationToken cancellationToken = default) => new JobRunner(
        Store, [handler ?? new ReminderJob(Core.Get<AccountHealth>(), StandInsOf.None(Clock), Core.Get<IOptions<JobOptions>>(), Clock)], Core.Get<JobWake>(), Clock, NullLogger<JobRunner>.Instance)
        .RunDueAsync(cancellationToken);

    private string State() => Core.Texts("SELECT state || ':' || reason FROM scheduled_jobs").Single();

    private async Task<IEnumerable<string>> SaidAsync()
    {
        var lane = new LaneId(Core.Number("SELECT MIN(lane_id) FROM lanes"));
        return (await BeginAsync(lane)).Outbox.Select(bubble => bubble.Content.Text);
    }

    private sealed class Broken : IJobHandler
    {
        public int Asked { get; private set; }

        public string Kind => ReminderJob.Name;

        public ValueTask<JobPlan> PlanAsync(DueJob job, CancellationToken cancellationToken)
        {
            Asked++;
            throw new InvalidOperationException("A bug.");
        }
    }

    /// <summary>The process is stopped while it plans.</summary>
    private sealed class Stopping(CancellationTokenSource stop) : IJobHandler
    {
        public string Kind => ReminderJob.Name;

        public async ValueTask<JobPlan> PlanAsync(DueJob job, CancellationToken cancellationToken)
        {
            await stop.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            throw new InvalidOperationException("Stopped.");
        }
    }
}
