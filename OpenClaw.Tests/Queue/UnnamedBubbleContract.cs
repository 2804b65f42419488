using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>A WAHA that takes a message and tells no id of it: what it tells afterwards is found to be that message.</summary>
public abstract class UnnamedBubbleContract(CoreFixture fixture) : TurnContract(fixture)
{
    private const string Chat = "5511999990000@c.us";
    private const string Hidden = "112233445566778@lid";
    private const string Named = "SELECT COALESCE(raw_id, 'none') || ':' || ack FROM outbox ORDER BY outbox_id";

    [Fact]
    public async Task An_echo_names_the_bubble_and_brings_the_acks_that_came_before_it()
    {
        var work = await SentAsync("answer");
        await AckAsync("RAW1", 1);
        await AckAsync("RAW1", 2);

        await TellAsync("RAW1", "answer");

        Core.Texts(Named).ShouldBe(["RAW1:2"]);
        StatesOf(work.Turn!).ShouldBe(["delivered"]);
        (await Core.Inbound.IsOurBubbleAsync("default", "RAW1", CancellationToken.None)).ShouldBeTrue();
    }

    [Fact]
    public async Task Acks_that_come_after_the_echo_find_it()
    {
        var work = await SentAsync("answer");

        await TellAsync("RAW1", "answer");
        StatesOf(work.Turn!).ShouldBe(["sent"]);
        (await AckAsync("RAW1", 3)).ShouldBe(IntakeOutcome.Recorded);

        Core.Texts(Named).ShouldBe(["RAW1:3"]);
        StatesOf(work.Turn!).ShouldBe(["delivered"]);
    }

    [Fact]
    public async Task An_echo_that_was_told_before_the_answer_was_stored_is_found_by_whoever_stores_it()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        await TellAsync("RAW1", "answer");
        await AckAsync("RAW1", 2);
        Core.Texts(Named).ShouldBe(["none:0"]);

        await AcceptAsync(work, bubble, null);
        await Core.Get<UnnamedBubbles>().BindAsync("default", work.Chat.Lane, Chat, CancellationToken.None);

        Core.Texts(Named).ShouldBe(["RAW1:2"]);
        StatesOf(work.Turn!).ShouldBe(["delivered"]);
    }

    [Fact]
    public async Task What_a_killed_process_left_is_made_up_for_with_the_next_echo_of_the_chat()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");
        await TellAsync("RAW1", "first");
        await AcceptAsync(work, bubbles[0], null, bubbles[1]);
        await AcceptAsync(work, bubbles[1], null);

        await TellAsync("RAW2", "second");

        Core.Texts(Named).ShouldBe(["RAW1:0", "RAW2:0"]);
    }

    [Fact]
    public async Task The_same_words_twice_are_named_in_their_order()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "ok", "ok", "fim");
        await AcceptAsync(work, bubbles[0], null, bubbles[1]);
        await AcceptAsync(work, bubbles[1], null, bubbles[2]);
        await AcceptAsync(work, bubbles[2], "RAW9");

        await TellAsync("RAW1", "ok");
        Clock.Advance(Seconds(1));
        await TellAsync("RAW2", "ok");
        await TellAsync("RAW2", "ok");

        Core.Texts(Named).ShouldBe(["RAW1:0", "RAW2:0", "RAW9:0"]);
    }

    [Fact]
    public async Task Only_the_words_count()
    {
        await SentAsync("*Dois*  parágrafos\n\naqui ");

        await TellAsync("RAW1", " *Dois* parágrafos aqui");

        Core.Texts(Named).ShouldBe(["RAW1:0"]);
    }

    [Fact]
    public async Task A_chat_that_WAHA_names_by_its_hidden_id_is_the_persons()
    {
        await SentAsync("answer");

        await TellAsync("RAW1", "answer", chat: Hidden);

        Core.Texts(Named).ShouldBe(["RAW1:0"]);
    }

    [Theory]
    [InlineData(Chat, Hidden)]
    [InlineData(Hidden, Chat)]
    public async Task Under_the_chats_other_name_it_is_found_by_whoever_stores_the_answer(string sentTo, string told)
    {
        var maria = await Core.PersonAsync("5511999990000", "112233445566778");
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        await TellAsync("RAW1", "answer", told, person: maria);

        await AcceptAsync(work, bubble, null);
        await Core.Get<UnnamedBubbles>().BindAsync("default", work.Chat.Lane, sentTo, CancellationToken.None);

        Core.Texts(Named).ShouldBe(["RAW1:0"]);
    }

    [Fact]
    public async Task What_a_stand_in_sent_is_found_in_its_session()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        var other = work with { Chat = work.Chat with { Session = "sales" } };
        await Core.Outbox.ClaimAsync(other, new BubbleClaim(bubble.Id, Clock.Now + Seconds(10)), CancellationToken.None);
        await TellAsync("IN-DEFAULT", "answer");
        await TellAsync("RAW1", "answer", session: "sales");

        await AcceptAsync(other, bubble, null);
        await Core.Get<UnnamedBubbles>().BindAsync("sales", work.Chat.Lane, Chat, CancellationToken.None);

        Core.Texts(Named).ShouldBe(["RAW1:0"]);
    }

    [Fact]
    public async Task What_a_killed_process_left_is_made_up_for_under_either_name()
    {
        var maria = await Core.PersonAsync("5511999990000", "112233445566778");
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");
        await TellAsync("RAW1", "first", Hidden, person: maria);
        await AcceptAsync(work, bubbles[0], null, bubbles[1]);
        await AcceptAsync(work, bubbles[1], null);

        await TellAsync("RAW2", "second", person: maria);

        Core.Texts(Named).ShouldBe(["RAW1:0", "RAW2:0"]);
    }

    [Fact]
    public async Task The_many_of_other_chats_hide_none()
    {
        var left = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(left, "answer")).Single();
        await TellAsync("RAW1", "answer");
        await AcceptAsync(left, bubble, null);
        var other = await BeginAsync(await ReceiveAsync("two", person: await Core.PersonAsync("15550001111")));
        var many = await CompleteAsync(other, [.. Enumerable.Range(0, 51).Select(i => $"other {i}")]);
        for (var i = 0; i < many.Count; i++)
            await AcceptAsync(other, many[i], null, i + 1 < many.Count ? many[i + 1] : null);

        await Core.Get<UnnamedBubbles>().BindAsync("default", left.Chat.Lane, Chat, CancellationToken.None);

        Core.Texts("SELECT COALESCE(raw_id, 'none') FROM outbox WHERE outbox_id = @id", ("@id", bubble.Id)).ShouldBe(["RAW1"]);
    }

    [Fact]
    public async Task A_groups_echo_names_the_groups_bubble()
    {
        const string group = "120363000000000001@g.us";
        var work = await BeginAsync(await ReceiveAsync("one", group: "120363000000000001"));
        await AcceptAsync(work, (await CompleteAsync(work, "answer")).Single(), null);

        await TellAsync("ELSEWHERE", "answer", "120363000000000002@g.us", isGroup: true);
        Core.Texts(Named).ShouldBe(["none:0"]);
        await TellAsync("RAW1", "answer", group, isGroup: true);

        Core.Texts(Named).ShouldBe(["RAW1:0"]);
    }

    [Fact]
    public async Task Nothing_else_is_taken_for_it()
    {
        await SentAsync("answer");
        var other = await Core.PersonAsync("15550001111");

        await TellAsync("OTHER-WORDS", "another answer");
        await TellAsync("BY-HAND", "answer", source: "app");
        await TellAsync("ELSEWHERE", "answer", chat: "15550001111@c.us", person: other);
        await TellAsync("IN-A-GROUP", "answer", chat: "12036304@g.us", isGroup: true);
        await TellAsync("LONG-BEFORE", "answer", at: -90);
        Core.Texts(Named).ShouldBe(["none:0"]);

        Clock.Advance(TimeSpan.FromMinutes(31));
        await TellAsync("LONG-AFTER", "answer");

        Core.Texts(Named).ShouldBe(["none:0"]);
    }

    [Fact]
    public async Task An_id_that_a_bubble_has_is_given_to_no_other()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "ok", "ok");
        await AcceptAsync(work, bubbles[0], "RAW1", bubbles[1]);
        await AcceptAsync(work, bubbles[1], null);

        await TellAsync("RAW1", "ok");
        (await Core.Outbox.NameAsync("default", bubbles[1].Id, "RAW1", CancellationToken.None)).ShouldBeFalse();

        Core.Texts(Named).ShouldBe(["RAW1:0", "none:0"]);
    }

    [Fact]
    public async Task Processes_that_tell_it_at_once_while_its_acks_come_name_it_once()
    {
        CoreProcess[] processes = [Core, Fixture.Start()];
        for (var round = 0; round < 15; round++)
        {
            var work = await ReceiveAndBeginAsync("one");
            var bubble = (await CompleteAsync(work, "answer")).Single();
            var raw = $"ROUND{round}";
            var maria = await Core.PersonAsync("5511999990000", "112233445566778");
            var told = round % 2 == 0 ? Chat : Hidden;
            using var start = new Barrier(5);

            await Task.WhenAll(
                RunAsync(start, async () =>
                {
                    await AcceptAsync(work, bubble, null);
                    await Core.Get<UnnamedBubbles>().BindAsync("default", work.Chat.Lane, Chat, CancellationToken.None);
                }),
                RunAsync(start, () => TellAsync(processes[0], raw, "answer", maria, told)),
                RunAsync(start, () => TellAsync(processes[1], raw, "answer", maria, told)),
                RunAsync(start, () => processes[0].Events.RecordAckAsync("default", raw, 1, CancellationToken.None)),
                RunAsync(start, () => processes[1].Events.RecordAckAsync("default", raw, 2, CancellationToken.None)));

            Core.Texts("SELECT COALESCE(raw_id, 'none') || ':' || ack FROM outbox WHERE outbox_id = @id", ("@id", bubble.Id)).ShouldBe([$"{raw}:2"]);
            StatesOf(work.Turn!).ShouldBe(["delivered"]);
            // The next round has the same words.
            Clock.Advance(TimeSpan.FromMinutes(2));
        }
    }

    private static Task RunAsync(Barrier start, Func<Task> act) => Task.Factory.StartNew(
        () =>
        {
            start.SignalAndWait();
            return act();
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap();

    /// <summary>Answered with one bubble that WAHA took without a word.</summary>
    private async Task<LaneWork> SentAsync(string text)
    {
        var work = await ReceiveAndBeginAsync("one");
        await AcceptAsync(work, (await CompleteAsync(work, text)).Single(), null);
        return work;
    }

    private Task<IntakeOutcome> AckAsync(string rawId, int level) => Core.Events.RecordAckAsync("default", rawId, level, CancellationToken.None);

    /// <summary>WAHA tells of an own message.</summary>
    private async Task TellAsync(
        string rawId, string text, string chat = Chat, string source = "api", PersonRecord? person = null, bool isGroup = false, double at = 0, string session = "default") =>
        await TellAsync(Core, rawId, text, isGroup ? null : person ?? await MariaAsync(), chat, source, at, session);

    private async Task TellAsync(
        CoreProcess core, string rawId, string text, PersonRecord? partner, string chat = Chat, string source = "api", double at = 0, string session = "default")
    {
        await core.Events.RecordAsync(
            session, source == "api" ? ChatEventStore.OwnEcho : "own_message", new ChatEventContent(chat, rawId, text, source, null), partner?.Scope, Clock.Now + Seconds(at), CancellationToken.None);
        await core.Get<UnnamedBubbles>().BindAsync(session, ChatId.Parse(chat)!.Value, partner?.Person, CancellationToken.None);
    }
}

public sealed class SqliteUnnamedBubbleTests() : UnnamedBubbleContract(new CoreFixture());

public sealed class PostgresUnnamedBubbleTests() : UnnamedBubbleContract(new CoreFixture(Store.Postgres));
