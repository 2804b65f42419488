using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Queue;

namespace OpenClaw.Tests.People;

/// <summary>WAHA links a hidden id to a number after both have talked to us.</summary>
public abstract class MergeContract(CoreFixture fixture) : TurnContract(fixture)
{
    private const string Phone = "5511999990000";
    private const string Lid = "112233445566778";

    [Fact]
    public async Task Ids_and_messages_move_to_the_record_with_the_number()
    {
        var (hidden, phone) = (await Core.PersonAsync(null, Lid), await Core.PersonAsync(Phone));
        await ReceiveAsync("from the hidden id", person: hidden);
        await Core.Inbound.HoldAsync(MessageBuilder.Message(hidden, "held", Clock.Now), "unlinked_lid", CancellationToken.None);
        await Core.Get<SkillAuditStore>().StartAsync(
            hidden.Scope, new ChatScope(new LaneId(1), "default", hidden.Key, false), "list_files", "read", "{}", CancellationToken.None);

        var merged = await Core.PersonAsync(Phone, Lid);

        merged.Person.ShouldBe(phone.Person);
        merged.Key.ShouldBe(phone.Key);
        (await Core.PersonAsync(null, Lid)).Person.ShouldBe(phone.Person);
        Core.Number("SELECT merged_into FROM people WHERE person_id = @hidden", ("@hidden", hidden.Person.Value)).ShouldBe(phone.Person.Value);
        Core.Number("SELECT COUNT(*) FROM inbound WHERE person_id = @phone", ("@phone", phone.Person.Value)).ShouldBe(2);
        Core.Number("SELECT COUNT(*) FROM person_ids WHERE person_id = @phone", ("@phone", phone.Person.Value)).ShouldBe(2);
        Core.Number("SELECT COUNT(*) FROM skill_audit WHERE person_id = @phone", ("@phone", phone.Person.Value)).ShouldBe(1);
    }

    [Fact]
    public async Task A_lane_of_its_own_moves_as_it_is()
    {
        var hidden = await Core.PersonAsync(null, Lid);
        var lane = await ReceiveAsync("hello", person: hidden);
        var phone = await Core.PersonAsync(Phone);

        var merged = await Core.PersonAsync(Phone, Lid);

        merged.Person.ShouldBe(phone.Person);
        (await ReceiveAsync("again", order: 1, person: merged)).ShouldBe(lane);
        TextsOf(await BeginAsync(lane)).ShouldBe(["hello", "again"]);
    }

    [Fact]
    public async Task Two_lanes_of_a_session_become_one_with_all_that_was_in_them()
    {
        var (hidden, phone) = (await Core.PersonAsync(null, Lid), await Core.PersonAsync(Phone));
        var hiddenLane = await ReceiveAsync("answered there", order: 0, person: hidden);
        await AnswerAsync(await BeginAsync(hiddenLane));
        await CompleteAsync(await BeginAsync(await ReceiveAsync("reply not sent yet", order: 1, person: hidden)), "unsent");
        await ReceiveAsync("waiting there", order: 3, person: hidden);
        var phoneLane = await ReceiveAsync("waiting here", order: 2, person: phone);

        var merged = await Core.PersonAsync(Phone, Lid);

        (await ReceiveAsync("new", order: 4, person: merged)).ShouldBe(phoneLane);
        var outbox = await BeginAsync(phoneLane);
        outbox.Outbox.Single().Content.Text.ShouldBe("unsent");
        await Core.Outbox.ClaimAsync(outbox, new BubbleClaim(outbox.Outbox[0].Id, Clock.Now), CancellationToken.None);
        await AcceptAsync(outbox, outbox.Outbox[0], "RAW1");
        var work = await BeginAsync(phoneLane);
        TextsOf(work).ShouldBe(["waiting here", "waiting there", "new"]);
        work.Turn!.Person.Person.ShouldBe(phone.Person);
        (await Core.Conversations.LoadAsync(work.Chat, 1000, CancellationToken.None)).Count.ShouldBe(4);
        Core.Number("SELECT COUNT(*) FROM inbound WHERE lane_id = @lane", ("@lane", hiddenLane.Value)).ShouldBe(0);
    }

    [Fact]
    public async Task Both_fences_rise_so_that_busy_workers_stop()
    {
        var (hidden, phone) = (await Core.PersonAsync(null, Lid), await Core.PersonAsync(Phone));
        var (one, two) = (await BeginAsync(await ReceiveAsync("a", person: hidden)), await BeginAsync(await ReceiveAsync("b", person: phone)));

        await Core.PersonAsync(Phone, Lid);

        await Should.ThrowAsync<FenceLostException>(CompleteAsync(one, "late"));
        await Should.ThrowAsync<FenceLostException>(CompleteAsync(two, "late"));
    }

    [Fact]
    public async Task Unfinished_turns_of_both_lanes_resume_one_after_the_other()
    {
        var (hidden, phone) = (await Core.PersonAsync(null, Lid), await Core.PersonAsync(Phone));
        await BeginAsync(await ReceiveAsync("a", person: hidden));
        var lane = await ReceiveAsync("b", person: phone);
        await BeginAsync(lane);

        await Core.PersonAsync(Phone, Lid);

        var answered = new List<string>();
        for (var i = 0; i < 2; i++)
        {
            var work = await BeginAsync(lane);
            answered.AddRange(TextsOf(work));
            await AnswerAsync(work);
        }

        answered.ShouldBe(["a", "b"]);
    }

    [Fact]
    public async Task A_lane_that_got_work_by_the_merge_is_signalled()
    {
        var (hidden, phone) = (await Core.PersonAsync(null, Lid), await Core.PersonAsync(Phone));
        await ReceiveAsync("waiting", person: hidden);
        var lane = await ReceiveAsync("done", person: phone);
        await AnswerAsync(await BeginAsync(lane));
        await Core.ExecuteAsync("DELETE FROM lane_schedule");

        await Core.PersonAsync(Phone, Lid);

        (await Core.Get<Reconciler>().SignalAllAsync(CancellationToken.None)).ShouldBe(1);
        (await Core.Scheduler.LeaseAsync(10, CancellationToken.None)).Leases.Single().Lane.ShouldBe(lane);
    }

    [Fact]
    public async Task Two_sessions_keep_two_lanes()
    {
        var (hidden, phone) = (await Core.PersonAsync(null, Lid), await Core.PersonAsync(Phone));
        var second = await Core.Lanes.EnsureAsync("second", hidden, null, Lid + "@lid", CancellationToken.None);
        var first = await ReceiveAsync("here", person: phone);

        var merged = await Core.PersonAsync(Phone, Lid);

        (await Core.Lanes.EnsureAsync("second", merged, null, Lid + "@lid", CancellationToken.None)).ShouldBe(second);
        (await ReceiveAsync("again", person: merged)).ShouldBe(first);
    }

    [Fact]
    public async Task A_record_that_was_merged_away_is_refused_and_the_next_look_up_works()
    {
        var hidden = await Core.PersonAsync(null, Lid);
        await Core.PersonAsync(Phone);
        var merged = await Core.PersonAsync(Phone, Lid);
        var message = MessageBuilder.Message(hidden, "hello", Clock.Now);

        (await Core.Inbound.AcceptAsync(message, CancellationToken.None)).ShouldBeNull();
        (await Core.Inbound.AcceptAsync(message with { Person = await Core.PersonAsync(null, Lid) }, CancellationToken.None)).ShouldBe(IntakeOutcome.Accepted);

        merged.Person.ShouldNotBe(hidden.Person);
        Core.Number("SELECT COUNT(*) FROM inbound").ShouldBe(1);
    }
}
