using OpenClaw.Core.Accounts;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Crashes;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Jobs;

namespace OpenClaw.Tests.Replies;

/// <summary>Chats of a session that is red or gone, and another session that is well.</summary>
public sealed class StandInTests : IAsyncLifetime
{
    private CrashRig _rig = null!;
    private CrashWorker _worker = null!;

    public async Task InitializeAsync() => await StartAsync();

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Another_session_answers_as_long_as_the_first_is_gone_and_the_chat_comes_back_to_it()
    {
        await TellAsync("default", "SCAN_QR_CODE");
        await _worker.ReceiveAsync("oi");
        await _worker.RunAsync();
        await TellAsync("default", "WORKING");
        await _worker.ReceiveAsync("e agora?");
        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => (bubble.Session, bubble.Text)).ShouldBe([("sales", "oi"), ("default", "e agora?")]);
        _rig.Waha.Delivered[0].ChatId.ShouldBe("5511987654321@c.us");
        _worker.InboundStates().ShouldBe(["sent", "sent"]);
        var journey = Journey(0);
        journey.Steps.Single(step => step.Kind == JourneyStepKind.StoodIn).Detail.ShouldBe("sales");
        (journey.Session, journey.Bubbles.Single().Session).ShouldBe(("default", "sales"));
        Journey(1).Steps.ShouldNotContain(step => step.Kind == JourneyStepKind.StoodIn);
    }

    [Fact]
    public async Task Acks_and_echoes_of_the_session_that_sent_it_find_the_bubble()
    {
        await TellAsync("default", "SCAN_QR_CODE");
        await _worker.ReceiveAsync("oi");
        await _worker.RunAsync();
        var sent = _rig.Waha.Delivered.ShouldHaveSingleItem();

        (await _worker.Get<InboundStore>().IsOurBubbleAsync("sales", sent.RawId, _rig.Patience)).ShouldBeTrue();
        (await _worker.Get<InboundStore>().IsOurBubbleAsync("default", sent.RawId, _rig.Patience)).ShouldBeFalse();
        await _worker.Get<ChatEventStore>().RecordAckAsync("sales", sent.RawId, 2, _rig.Patience);

        _worker.InboundStates().ShouldBe(["delivered"]);
    }

    [Fact]
    public async Task What_may_have_been_sent_waits_for_its_own_session()
    {
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);
        await _worker.ReceiveAsync("oi");
        await _worker.StepAsync();
        await TellAsync("default", "SCAN_QR_CODE");

        for (var i = 0; i < 20; i++)
            await _worker.StepAsync();
        _rig.Waha.Delivered.ShouldBeEmpty();
        _worker.OutboxStates().ShouldBe(["sending"]);

        await TellAsync("default", "WORKING");
        await _worker.RunAsync();
        _rig.Waha.Delivered.Select(bubble => bubble.Session).ShouldBe(["default"]);
    }

    [Fact]
    public async Task A_send_of_the_stand_in_that_may_have_arrived_is_looked_for_there()
    {
        await TellAsync("default", "SCAN_QR_CODE");
        _rig.Waha.FaultNext(FakeWahaFault.DeliveredButCut);
        await _worker.ReceiveAsync("oi");
        await _worker.StepAsync();
        await TellAsync("default", "WORKING");

        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => bubble.Session).ShouldBe(["sales"]);
        _rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBe(1);
        Texts("SELECT settlement FROM outbox").ShouldBe(["found"]);
    }

    [Theory]
    [InlineData(false, "default")]
    [InlineData(true, "sales")]
    public async Task The_rest_of_an_answer_follows_its_beginning_unless_that_session_is_gone(bool isGone, string rest)
    {
        await StartAsync(("Delivery:HumanPacing", "true"));
        _rig.Model.Enqueue(ScriptedReply.Text(string.Join("\n\n", Enumerable.Range(0, 2).Select(i => $"{i}{new string('x', 1400)}"))));
        await _worker.ReceiveAsync("conte");
        while (_rig.Waha.Delivered.Count == 0)
            (await _worker.StepAsync()).ShouldBeTrue();

        if (isGone)
            await TellAsync("default", "SCAN_QR_CODE");
        else
            await LimitAsync();
        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => (bubble.Session, bubble.Text[0])).ShouldBe([("default", '0'), (rest, '1')]);
    }

    [Fact]
    public async Task An_account_that_is_red_for_a_limit_leaves_its_chats_to_another_one()
    {
        await LimitAsync();
        await _worker.ReceiveAsync("oi");

        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => bubble.Session).ShouldBe(["sales"]);
    }

    [Fact]
    public async Task The_healthiest_stands_in_and_of_equals_the_first()
    {
        await StartAsync(("Waha:Sessions:2", "third"));
        await TellAsync("third", "WORKING");
        await TellAsync("default", "SCAN_QR_CODE");
        await _worker.ReceiveAsync("um");
        await _worker.RunAsync();
        // Not at work for a moment.
        await TellAsync("sales", "STARTING");
        await _worker.ReceiveAsync("dois");
        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => bubble.Session).ShouldBe(["sales", "third"]);
    }

    [Fact]
    public async Task A_stand_in_that_may_not_write_to_a_stranger_leaves_the_answer_to_the_chats_own_session()
    {
        await LimitAsync();
        _rig.Waha.FaultNext(FakeWahaFault.Timelock463);
        await _worker.ReceiveAsync("oi");

        await _worker.RunAsync();

        _rig.Waha.Calls.OfType<SendTextCall>().Select(call => call.Session).ShouldBe(["sales", "default"]);
        _worker.InboundStates().ShouldBe(["sent"]);
        Journey(0).Bubbles.Single().Session.ShouldBe("default");
    }

    [Fact]
    public async Task What_comes_back_from_a_stand_in_has_its_quote_and_address_again()
    {
        const string chat = "112233445566778@lid";
        await StartAsync(("Turns:MaxAttempts", "1"));
        _rig.Model.Enqueue(ScriptedReply.Status(500));
        await _worker.ReceiveFromAsync("oi", chat);
        await _worker.RunAsync();
        await TellAsync("default", "SCAN_QR_CODE");
        _rig.Waha.FaultNext(FakeWahaFault.Timelock463);
        var letters = _worker.Get<DeadLetterStore>();
        (await letters.ReplayAsync(letters.List(new DeadLetterFilter(), null, 10).Items.ShouldHaveSingleItem().Id, _rig.Patience)).ShouldBe(DeadLetterOutcome.Done);
        while (_rig.Waha.Calls.OfType<SendTextCall>().Count() < 2)
            (await _worker.StepAsync()).ShouldBeTrue();
        await TellAsync("default", "WORKING");

        await _worker.RunAsync();

        // The first was the apology.
        var calls = _rig.Waha.Calls.OfType<SendTextCall>().Skip(1).ToList();
        calls.Select(call => (call.Session, call.ChatId)).ShouldBe([("sales", "5511987654321@c.us"), ("default", chat)]);
        calls[0].ReplyTo.ShouldBeNull();
        calls[1].ReplyTo.ShouldNotBeNull().ShouldStartWith($"false_{chat}_");
    }

    [Fact]
    public async Task A_reminder_of_a_chat_whose_account_is_red_is_said_by_the_stand_in()
    {
        await RemindAsync("bolo");
        await LimitAsync();

        await RunJobsAsync();
        await _worker.RunAsync();

        _rig.Waha.Delivered.Skip(1).Select(bubble => (bubble.Session, bubble.Text)).ShouldBe([("sales", "⏰ Lembrete: bolo")]);
        Texts("SELECT state FROM scheduled_jobs").ShouldBe(["done"]);
    }

    [Fact]
    public async Task Without_a_stand_in_a_reminder_of_an_account_that_is_red_waits()
    {
        await StartAsync(("Delivery:StandIn", "false"));
        await RemindAsync("bolo");
        await LimitAsync();

        await RunJobsAsync();

        Texts("SELECT state || ':' || reason FROM scheduled_jobs").ShouldBe(["scheduled:account_red"]);
        _worker.OutboxStates().ShouldBe(["accepted"]);
    }

    [Fact]
    public async Task A_reminder_whose_account_turns_red_before_it_is_sent_ends_as_one_dead_letter_of_its_job()
    {
        await StartAsync(("Delivery:StandIn", "false"), ("Jobs:GiveUpAfter", "01:00:00"));
        await RemindAsync("bolo");
        await RunJobsAsync();
        await LimitAsync();

        await _worker.RunAsync();

        _worker.OutboxStates().ShouldBe(["accepted", "discarded"]);
        Texts("SELECT state || ':' || reason FROM scheduled_jobs").ShouldBe(["scheduled:account_red"]);
        _rig.Time.Advance(TimeSpan.FromHours(1));
        await RunJobsAsync();
        var letters = _worker.Get<DeadLetterStore>();
        var letter = letters.List(new DeadLetterFilter(), null, 10).Items.ShouldHaveSingleItem();
        (letter.Id.Kind, letter.Reason, letters.Open(letter.Id)!.Messages.Single().Text).ShouldBe(("job", "account_red", "bolo"));

        _rig.Time.Advance(AccountLimitStore.UntoldEnd);
        (await letters.ReplayAsync(letter.Id, _rig.Patience)).ShouldBe(DeadLetterOutcome.Done);
        await RunJobsAsync();
        await _worker.RunAsync();
        _rig.Waha.Delivered.Skip(1).ShouldHaveSingleItem().Text.ShouldContain("bolo");
        letters.List(new DeadLetterFilter(), null, 10).Items.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_reminder_that_a_stand_in_was_refused_is_not_tried_by_one_number_after_the_other()
    {
        await StartAsync(("Waha:Sessions:2", "support"));
        await TellAsync("support", "WORKING");
        await RemindAsync("bolo");
        await LimitAsync();
        _rig.Waha.FaultNext(FakeWahaFault.Timelock463);
        await RunJobsAsync();

        await _worker.RunAsync();
        _rig.Time.Advance(TimeSpan.FromHours(1));
        await RunJobsAsync();
        await _worker.RunAsync();

        _rig.Waha.Calls.OfType<SendTextCall>().Skip(1).ShouldHaveSingleItem();
        _worker.Get<DeadLetterStore>().List(new DeadLetterFilter(), null, 10).Items.ShouldHaveSingleItem().Reason.ShouldBe("account_red");
    }

    [Fact]
    public async Task A_group_has_no_stand_in()
    {
        await LimitAsync();
        await _worker.ReceiveInGroupAsync("oi");

        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => bubble.Session).ShouldBe(["default"]);
    }

    [Fact]
    public async Task Switched_off_a_chat_stays_with_its_session()
    {
        await StartAsync(("Delivery:StandIn", "false"));
        await LimitAsync();
        await _worker.ReceiveAsync("oi");

        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => bubble.Session).ShouldBe(["default"]);
    }

    [Fact]
    public async Task Where_nobody_is_well_a_chat_stays_with_its_session()
    {
        await LimitAsync();
        await TellAsync("sales", "FAILED");
        await _worker.ReceiveAsync("oi");

        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => bubble.Session).ShouldBe(["default"]);
    }

    private async Task StartAsync(params (string Key, string Value)[] settings)
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
        _rig = await CrashRig.StartAsync([("Waha:Sessions:0", "default"), ("Waha:Sessions:1", "sales"), ("Delivery:Quarantine", "00:00:00"), .. settings]);
        _worker = _rig.NewWorker();
        await TellAsync("default", "WORKING");
        await TellAsync("sales", "WORKING");
    }

    /// <summary>A session is so, WAHA tells it, and everybody has looked.</summary>
    private async Task TellAsync(string session, string status)
    {
        _rig.Time.Advance(TimeSpan.FromSeconds(3));
        _rig.Waha.Sessions[session] = status;
        await _worker.Get<ChatEventStore>().RecordSessionAsync(session, status, null, _rig.Time.GetUtcNow(), _rig.Patience);
    }

    /// <summary>Somebody who wrote and was answered set a reminder, and it is due.</summary>
    private async Task RemindAsync(string text, bool inGroup = false)
    {
        await (inGroup ? _worker.ReceiveInGroupAsync("oi") : _worker.ReceiveAsync("oi"));
        await _worker.RunAsync();
        var (lane, key, person, personKey) = _worker.Database.Read(sql => sql.QueryFirst(
            "SELECT t.lane_id, l.key_id, t.person_id, t.key_id FROM turns t JOIN lanes l ON l.lane_id = t.lane_id",
            row => (new LaneId(row.GetInt64(0)), new DataKeyId(row.GetInt64(1)), new PersonId(row.GetInt64(2)), new DataKeyId(row.GetInt64(3)))));
        await _worker.Get<PersonJobs>().ScheduleAsync(
            new PersonScope(person, personKey), new ChatScope(lane, "default", key, inGroup),
            new NewJob("reminder", _rig.Time.GetUtcNow(), new JobContent(text, "pt-BR", "America/Sao_Paulo")), _rig.Patience);
    }

    private Task<DateTimeOffset?> RunJobsAsync() => _worker.Get<JobRunner>().RunDueAsync(_rig.Patience);

    private async Task LimitAsync()
    {
        await _worker.Get<AccountLimitStore>().NoteRefusedAsync("default", AccountLimit.Timelock, _rig.Patience);
        _rig.Time.Advance(TimeSpan.FromSeconds(3));
    }

    private Journey Journey(int message) =>
        _worker.Get<JourneyStore>().Find(Texts("SELECT request_id FROM inbound ORDER BY inbound_id")[message]).ShouldNotBeNull();

    private List<string> Texts(string query) => _worker.Database.Read(sql => sql.Query(query, row => row.GetString(0)));
}
