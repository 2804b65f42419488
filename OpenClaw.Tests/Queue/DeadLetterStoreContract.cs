using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>Turns and bubbles that were given up, in the store: listed, read, replayed once or all, discarded.</summary>
public abstract class DeadLetterStoreContract(CoreFixture fixture) : DeadLetterContract(fixture)
{
    [Fact]
    public async Task Both_kinds_are_listed_newest_first_page_by_page()
    {
        var turn = await DieAsync("one");
        Clock.Advance(Seconds(1));
        await BuryAsync("two", order: 1);
        Clock.Advance(Seconds(1));
        await DieAsync("three", order: 2, person: await Core.PersonAsync("15550001111"));

        var first = Letters.List(new DeadLetterFilter(), null, 2);
        var second = Letters.List(new DeadLetterFilter(), (first.Next!.DiedAt, first.Next.Id), 2);

        first.Items.Select(letter => letter.Id.Kind).ShouldBe(["turn", "bubble"]);
        second.Items.Select(letter => letter.Id.ToString()).ShouldBe([turn.ToString()]);
        second.Next.ShouldBeNull();
        var oldest = second.Items[0];
        (oldest.Reason, oldest.Session, oldest.Replays, oldest.Attempts).ShouldBe(("model_failed", "default", 0, 1));
        oldest.DiedAt.ShouldBe(Clock.Now - Seconds(2));
        (oldest.Reference, oldest.RequestId).ShouldBe((Core.Texts("SELECT reference FROM turns WHERE turn_id = @turn", ("@turn", turn.Row)).Single(), Core.Texts("SELECT request_id FROM inbound ORDER BY inbound_id").First()));
        Letters.Count().ShouldBe(new Dictionary<string, long> { ["turn"] = 2, ["bubble"] = 1, ["job"] = 0 }, ignoreOrder: true);
    }

    [Fact]
    public async Task A_filter_tells_kinds_reasons_sessions_chats_and_times_apart()
    {
        var turn = await DieAsync("one");
        Clock.Advance(Seconds(10));
        await BuryAsync("two", order: 1);

        Ids(new DeadLetterFilter(Kind: "turn")).ShouldBe([turn.ToString()]);
        Ids(new DeadLetterFilter(Kind: "job")).ShouldBeEmpty();
        Ids(new DeadLetterFilter(Reason: "http_400")).Single().ShouldStartWith("bubble-");
        Ids(new DeadLetterFilter(Session: "other")).ShouldBeEmpty();
        Ids(new DeadLetterFilter(Lane: Letters.Find(turn)!.Lane.Value)).Count.ShouldBe(2);
        Ids(new DeadLetterFilter(Lane: 999)).ShouldBeEmpty();
        Ids(new DeadLetterFilter(Until: Clock.Now - Seconds(5))).ShouldBe([turn.ToString()]);
        Ids(new DeadLetterFilter(From: Clock.Now - Seconds(5))).Single().ShouldStartWith("bubble-");
    }

    [Fact]
    public async Task What_it_is_about_can_be_read()
    {
        var turn = await DieAsync("the question");
        var bubble = await BuryAsync("two", order: 1);

        Letters.Open(turn)!.Messages.Select(message => (message.Text, message.Sender)).ShouldBe([("the question", "Maria Builder")]);
        Letters.Open(bubble)!.Messages.Single().Text.ShouldBe("answer");
        Letters.Open(new DeadLetterId("turn", 999)).ShouldBeNull();
        Letters.Open(new DeadLetterId("job", 1)).ShouldBeNull();
    }

    [Fact]
    public async Task A_replay_signals_the_chat()
    {
        var letter = await DieAsync("one");
        await Core.ExecuteAsync("DELETE FROM lane_schedule");

        await ReplayAsync(letter);

        (await Core.Scheduler.LeaseAsync(10, CancellationToken.None)).Leases.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_second_replay_is_told_that_somebody_was_first()
    {
        var turn = await DieAsync("one");
        var bubble = await BuryAsync("two", order: 1);
        await ReplayAsync(turn);
        await ReplayAsync(bubble);

        (await ReplayAsync(turn)).ShouldBe(DeadLetterOutcome.AlreadyReplayed);
        (await ReplayAsync(bubble)).ShouldBe(DeadLetterOutcome.AlreadyReplayed);
        (await Letters.DiscardAsync(turn, CancellationToken.None)).ShouldBe(DeadLetterOutcome.AlreadyReplayed);
        (await ReplayAsync(new DeadLetterId("turn", 999))).ShouldBe(DeadLetterOutcome.NotFound);
        (await ReplayAsync(new DeadLetterId("job", 1))).ShouldBe(DeadLetterOutcome.NotFound);
    }

    [Fact]
    public async Task What_never_died_cannot_be_replayed_or_discarded()
    {
        var work = await ReceiveAndBeginAsync("one");
        await AnswerAsync(work);

        (await ReplayAsync(IdOf(work))).ShouldBe(DeadLetterOutcome.NotFound);
        (await ReplayAsync(new DeadLetterId("bubble", 1))).ShouldBe(DeadLetterOutcome.NotFound);
        (await Letters.DiscardAsync(IdOf(work), CancellationToken.None)).ShouldBe(DeadLetterOutcome.NotFound);
    }

    [Fact]
    public async Task Of_many_replays_at_once_exactly_one_is_done()
    {
        var turn = await DieAsync("one");
        var bubble = await BuryAsync("two", order: 1);
        var other = Fixture.Start();

        foreach (var letter in (DeadLetterId[])[turn, bubble])
        {
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
                () => (i % 2 == 0 ? Core : other).Get<DeadLetterStore>().ReplayAsync(letter, CancellationToken.None))));

            outcomes.Count(outcome => outcome == DeadLetterOutcome.Done).ShouldBe(1);
            outcomes.Count(outcome => outcome == DeadLetterOutcome.AlreadyReplayed).ShouldBe(7);
        }

        Core.Texts("SELECT state || ':' || replays FROM turns WHERE turn_id = @turn", ("@turn", turn.Row)).ShouldBe(["running:1"]);
    }

    [Fact]
    public async Task What_is_discarded_keeps_its_reason_and_loses_its_text()
    {
        var turn = await DieAsync("one");
        var bubble = await BuryAsync("two", order: 1);

        (await Letters.DiscardAsync(turn, CancellationToken.None)).ShouldBe(DeadLetterOutcome.Done);
        (await Letters.DiscardAsync(bubble, CancellationToken.None)).ShouldBe(DeadLetterOutcome.Done);

        Letters.List(new DeadLetterFilter(), null, 10).Items.ShouldBeEmpty();
        Core.Texts("SELECT state || ':' || reason FROM turns WHERE turn_id = @turn", ("@turn", turn.Row)).ShouldBe(["discarded:model_failed"]);
        Core.Texts("SELECT state || ':' || reason || ':' || LENGTH(content_enc) FROM outbox WHERE outbox_id = @id", ("@id", bubble.Row)).ShouldBe(["discarded:http_400:0"]);
        Core.Number("SELECT COUNT(*) FROM inbound WHERE turn_id = @turn AND content_enc IS NOT NULL", ("@turn", turn.Row)).ShouldBe(0);
        (await ReplayAsync(turn)).ShouldBe(DeadLetterOutcome.AlreadyDiscarded);
        (await ReplayAsync(bubble)).ShouldBe(DeadLetterOutcome.AlreadyDiscarded);
        (await Letters.DiscardAsync(bubble, CancellationToken.None)).ShouldBe(DeadLetterOutcome.AlreadyDiscarded);
    }

    [Fact]
    public async Task What_nobody_can_read_any_more_is_not_replayed_and_can_be_discarded()
    {
        var turn = await DieAsync("one");
        var bubble = await BuryAsync("two", order: 1);
        var maria = await MariaAsync();
        await Core.Get<Core.Storage.KeysDatabase>().Database.WriteAsync(
            sql => sql.Execute("UPDATE data_keys SET destroyed_at = 1, wrapped = @gone WHERE key_id = @key", ("@gone", Array.Empty<byte>()), ("@key", maria.Key.Value)), CancellationToken.None);
        // Its cache of unwrapped keys is empty.
        var letters = Fixture.Start().Get<DeadLetterStore>();

        (await letters.ReplayAsync(turn, CancellationToken.None)).ShouldBe(DeadLetterOutcome.Unreadable);
        (await letters.ReplayAsync(bubble, CancellationToken.None)).ShouldBe(DeadLetterOutcome.Unreadable);
        Should.Throw<System.Security.Cryptography.CryptographicException>(() => letters.Open(turn));
        (await letters.DiscardAsync(turn, CancellationToken.None)).ShouldBe(DeadLetterOutcome.Done);
        Core.Texts("SELECT state FROM turns WHERE turn_id = @turn", ("@turn", turn.Row)).ShouldBe(["discarded"]);
    }

    [Fact]
    public async Task All_of_a_filter_are_replayed_in_the_order_of_their_chat()
    {
        var lane = LaneOf(await DieAsync("one"));
        await SendApologyAsync(lane);
        await DieAsync("two", order: 1);
        await SendApologyAsync(lane);
        var bubble = await BuryAsync("three", order: 2);

        var sweep = await Letters.ReplayAllAsync(new DeadLetterFilter(Kind: "turn"), CancellationToken.None);

        (sweep.Replayed, sweep.Refused.Count).ShouldBe((2, 0));
        Ids(new DeadLetterFilter()).ShouldBe([bubble.ToString()]);
        foreach (var text in new[] { "one", "two" })
        {
            var work = await BeginAsync(lane);
            TextsOf(work).ShouldBe([text]);
            await AnswerAsync(work);
        }
    }

    [Fact]
    public async Task What_cannot_be_replayed_does_not_stop_the_others()
    {
        var broken = await DieAsync("one");
        await DieAsync("two", order: 1, person: await Core.PersonAsync("15550001111"));
        await Core.ExecuteAsync("UPDATE inbound SET content_enc = @broken WHERE turn_id = @turn", ("@broken", new byte[40]), ("@turn", broken.Row));

        var sweep = await Letters.ReplayAllAsync(new DeadLetterFilter(), CancellationToken.None);

        sweep.Replayed.ShouldBe(1);
        sweep.Refused.ShouldBe([(broken, DeadLetterOutcome.Unreadable)]);
    }

    [Theory]
    [InlineData("turn-12", "turn", 12)]
    [InlineData("BUBBLE-3", "bubble", 3)]
    public void An_id_is_read_back(string text, string kind, long row) => DeadLetterId.Parse(text).ShouldBe(new DeadLetterId(kind, row));

    [Theory]
    [InlineData("")]
    [InlineData("turn")]
    [InlineData("turn-")]
    [InlineData("-1")]
    [InlineData("turn-x")]
    [InlineData("turn--1 ")]
    public void What_is_no_id_is_refused(string text) => DeadLetterId.Parse(text).ShouldBeNull();
}

public sealed class SqliteDeadLetterStoreTests() : DeadLetterStoreContract(new CoreFixture());

public sealed class PostgresDeadLetterStoreTests() : DeadLetterStoreContract(new CoreFixture(Store.Postgres));
