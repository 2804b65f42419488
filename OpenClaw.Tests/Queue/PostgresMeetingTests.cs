using System.Data.Common;
using Npgsql;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>
/// The same pairs step by step: one write has seen its snapshot, then the other one runs until it is done or waits for a lock, then the first
/// one goes on.
/// </summary>
public sealed class PostgresMeetingTests() : TurnContract(new CoreFixture(Store.Postgres))
{
    private const string Phone = "5511999990000";
    private const string Lid = "112233445566778";
    private static readonly CancellationToken Patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData("accept")]
    [InlineData("ack")]
    public async Task Binding_a_raw_id_and_its_early_ack(string first)
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();

        await InterleaveAsync(first == "accept" ? Accept : Ack, first == "accept" ? Ack : Accept);

        Core.Number("SELECT ack FROM outbox").ShouldBe(3);
        StatesOf(work.Turn!).ShouldBe(["delivered"]);

        Task Accept(IDatabase database) => new OutboxStore(database, Clock).AcceptAsync(work, bubble, "RAW1", null, CancellationToken.None);

        Task Ack(IDatabase database) => new ChatEventStore(database, Core.Keys, Clock).RecordAckAsync("default", "RAW1", 3, CancellationToken.None);
    }

    [Theory]
    [InlineData("accept", "OURS")]
    [InlineData("ack", "OURS")]
    [InlineData("accept", "THEIRS")]
    [InlineData("ack", "THEIRS")]
    public async Task A_bubble_with_an_id_of_ours_and_its_early_ack(string first, string told)
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await Core.Settlement.CompleteAsync(work, Reply("answer") with { FirstRawId = "OURS" }, CancellationToken.None)).Single();

        await InterleaveAsync(first == "accept" ? Accept : Ack, first == "accept" ? Ack : Accept);

        Core.Number("SELECT ack FROM outbox").ShouldBe(3);
        StatesOf(work.Turn!).ShouldBe(["delivered"]);

        Task Accept(IDatabase database) => new OutboxStore(database, Clock).AcceptAsync(work, bubble, told, null, CancellationToken.None);

        Task Ack(IDatabase database) => new ChatEventStore(database, Core.Keys, Clock).RecordAckAsync("default", told, 3, CancellationToken.None);
    }

    [Fact]
    public async Task Acks_of_two_bubbles_of_one_turn()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");
        await AcceptAsync(work, bubbles[0], "RAW0", bubbles[1]);
        await AcceptAsync(work, bubbles[1], "RAW1");

        await InterleaveAsync(database => Ack(database, "RAW0"), database => Ack(database, "RAW1"));

        StatesOf(work.Turn!).ShouldBe(["delivered"]);
    }

    [Theory]
    [InlineData("accept")]
    [InlineData("ack")]
    public async Task The_last_bubble_and_the_ack_of_an_earlier_one(string first)
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");
        await AcceptAsync(work, bubbles[0], "RAW0", bubbles[1]);
        await Core.Events.RecordAckAsync("default", "RAW1", 2, CancellationToken.None);

        await InterleaveAsync(first == "accept" ? Accept : AckOfTheFirst, first == "accept" ? AckOfTheFirst : Accept);

        StatesOf(work.Turn!).ShouldBe(["delivered"]);

        Task Accept(IDatabase database) => new OutboxStore(database, Clock).AcceptAsync(work, bubbles[1], "RAW1", null, CancellationToken.None);

        Task AckOfTheFirst(IDatabase database) => Ack(database, "RAW0");
    }

    [Theory]
    [InlineData("accept")]
    [InlineData("claim")]
    [InlineData("requeue")]
    [InlineData("bury")]
    public async Task A_bubble_is_written_before_the_lane_is_taken_over_or_not_at_all(string write)
    {
        foreach (var takeoverFirst in new[] { false, true })
        {
            var work = await ReceiveAndBeginAsync("one");
            var bubble = (await CompleteAsync(work, "answer")).Single();
            LaneWork? successor = null;
            var refused = false;

            await InterleaveAsync(takeoverFirst ? TakeOver : Write, takeoverFirst ? Write : TakeOver);

            var seen = successor!.Outbox.SingleOrDefault();
            var (state, attempts) = (seen?.State, seen?.Attempts);
            (state, attempts).ShouldBe(refused
                ? ("sending", 1)
                : write switch { "claim" => ("sending", 2), "requeue" => ("queued", 1), _ => (null, (int?)null) });
            await Core.ExecuteAsync("UPDATE outbox SET state = 'accepted'");

            async Task TakeOver(IDatabase database) => successor = await Turns(database).BeginAsync(work.Chat.Lane, CancellationToken.None);

            async Task Write(IDatabase database)
            {
                var outbox = new OutboxStore(database, Clock);
                try
                {
                    await (write switch
                    {
                        "accept" => outbox.AcceptAsync(work, bubble, null, null, CancellationToken.None),
                        "claim" => outbox.ClaimAsync(work, new BubbleClaim(bubble.Id, Clock.Now), CancellationToken.None),
                        "requeue" => outbox.RequeueAsync(work, bubble.Id, Clock.Now, "refused", CancellationToken.None),
                        _ => outbox.BuryAsync(work, bubble, "http_400", CancellationToken.None),
                    });
                }
                catch (FenceLostException)
                {
                    refused = true;
                }
            }
        }
    }

    [Theory]
    [InlineData("accept", "message")]
    [InlineData("accept", "merge")]
    [InlineData("hold", "message")]
    [InlineData("hold", "merge")]
    [InlineData("admit", "message")]
    [InlineData("admit", "merge")]
    public async Task A_message_and_the_merge_of_its_person(string kind, string first)
    {
        var hidden = await Core.PersonAsync(null, Lid);
        await Core.Lanes.EnsureAsync("default", hidden, null, Lid + "@lid", CancellationToken.None);
        var kept = await Core.PersonAsync(Phone);
        await Core.Lanes.EnsureAsync("default", kept, null, Phone + "@c.us", CancellationToken.None);
        var message = MessageBuilder.Message(hidden, "hello", Clock.Now);
        if (kind == "admit")
            await Core.Inbound.HoldAsync(message, "lid_not_linked", CancellationToken.None);

        // The first unit of a merge only finds out that there are two records.
        await InterleaveAsync(first == "merge" ? Merge : Store, first == "merge" ? Store : Merge, unit: first == "merge" ? 2 : 1);

        // Nothing is left behind with the record that is gone: neither a message nor work in its lane.
        Core.Number("SELECT COUNT(*) FROM inbound WHERE person_id = @hidden", ("@hidden", hidden.Person.Value)).ShouldBe(0);
        Core.Number("SELECT COUNT(*) FROM inbound JOIN lanes ON lanes.lane_id = inbound.lane_id WHERE lanes.person_id = @hidden", ("@hidden", hidden.Person.Value)).ShouldBe(0);

        Task Merge(IDatabase database) =>
            new PeopleDirectory(database, Core.Keys, Clock).EnsureAsync(new SenderIdentity(Phone, Lid), "pt-BR", "America/Sao_Paulo", CancellationToken.None);

        async Task Store(IDatabase database)
        {
            var inbound = new InboundStore(database, Core.Keys, Core.Lanes, Core.Scheduler, Core.Get<IRateLimits>(), Core.Get<INoticeTexts>(), Clock);
            if (kind == "accept")
                await inbound.AcceptAsync(message, CancellationToken.None);
            else if (kind == "hold")
                await inbound.HoldAsync(message, "lid_not_linked", CancellationToken.None);
            else
                await new HeldStore(database, Core.Keys, Core.Lanes, Core.Scheduler, Clock).AdmitAsync("default", hidden, CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("begin")]
    [InlineData("message")]
    public async Task A_message_that_arrives_while_a_turn_starts_is_in_it_or_waits(string first)
    {
        var maria = await MariaAsync();
        var lane = await ReceiveAsync("one");
        LaneWork? work = null;

        await InterleaveAsync(first == "begin" ? Begin : Message, first == "begin" ? Message : Begin);

        Core.Number("SELECT COUNT(*) FROM inbound WHERE turn_id = @turn", ("@turn", work!.Turn!.Id)).ShouldBe(work.Turn.Messages.Count);
        Core.Number("SELECT COUNT(*) FROM inbound WHERE state = 'pending'").ShouldBe(2 - work.Turn.Messages.Count);

        async Task Begin(IDatabase database) => work = await Turns(database).BeginAsync(lane, CancellationToken.None);

        Task Message(IDatabase database) =>
            new InboundStore(database, Core.Keys, Core.Lanes, Core.Scheduler, Core.Get<IRateLimits>(), Core.Get<INoticeTexts>(), Clock)
                .AcceptAsync(MessageBuilder.Message(maria, "two", Clock.Now - Seconds(1)), CancellationToken.None);
    }

    [Fact]
    public async Task Burying_an_unreadable_turn_and_taking_its_lane_over()
    {
        var work = await ReceiveAndBeginAsync("one");
        await Core.ExecuteAsync("UPDATE inbound SET content_enc = @broken", ("@broken", new byte[] { 1 }));
        LaneWork? successor = null;

        // The first unit begins, the second one buries.
        await InterleaveAsync(
            database => Turns(database).BeginAsync(work.Chat.Lane, CancellationToken.None),
            async database => successor = await Turns(database).BeginAsync(work.Chat.Lane, CancellationToken.None),
            unit: 2);

        StatesOf(work.Turn!).ShouldBe(["dead:unreadable"]);
        successor.ShouldNotBeNull().ReadyAt.ShouldBeNull("there is nothing to wait for");
    }

    private Task Ack(IDatabase database, string raw) => new ChatEventStore(database, Core.Keys, Clock).RecordAckAsync("default", raw, 2, CancellationToken.None);

    [Theory]
    [InlineData("replay")]
    [InlineData("claim")]
    public async Task A_replay_and_the_apology_that_it_makes_needless(string first)
    {
        Options.MaxAttempts = 1;
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);
        var holder = await BeginAsync(work.Chat.Lane);
        var refused = false;

        await InterleaveAsync(first == "replay" ? Replay : Claim, first == "replay" ? Claim : Replay);

        Core.Texts("SELECT state FROM outbox").ShouldBe([refused ? "discarded" : "sending"]);
        Core.Texts("SELECT state FROM turns").ShouldBe(["running"]);

        async Task Replay(IDatabase database) =>
            (await Letters(database).ReplayAsync(new DeadLetterId("turn", work.Turn!.Id), CancellationToken.None)).ShouldBe(DeadLetterOutcome.Done);

        async Task Claim(IDatabase database)
        {
            try
            {
                await new OutboxStore(database, Clock).ClaimAsync(holder, new BubbleClaim(holder.Outbox[0].Id, Clock.Now + Seconds(10)), CancellationToken.None);
            }
            catch (FenceLostException)
            {
                refused = true;
            }
        }
    }

    [Fact]
    public async Task Replays_of_two_bubbles_of_one_turn()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");
        foreach (var bubble in bubbles)
            await Core.Outbox.BuryAsync(work, bubble, "http_400", CancellationToken.None);

        await InterleaveAsync(database => Replay(database, bubbles[0]), database => Replay(database, bubbles[1]));

        StatesOf(work.Turn!).ShouldBe(["replied"]);
        Core.Texts("SELECT state || ':' || last_of_turn FROM outbox ORDER BY outbox_id").ShouldBe(["queued:0", "queued:1"]);

        Task Replay(IDatabase database, Bubble bubble) => Letters(database).ReplayAsync(new DeadLetterId("bubble", bubble.Id), CancellationToken.None);
    }

    [Theory]
    [InlineData("replay")]
    [InlineData("merge")]
    public async Task A_replay_and_the_merge_of_its_person(string first)
    {
        var hidden = await Core.PersonAsync(null, Lid);
        var work = await BeginAsync(await ReceiveAsync("from the hidden id", person: hidden));
        await FailAsync(work, giveUp: true);
        var lane = await ReceiveAsync("here", order: 1);
        await AnswerAsync(await BeginAsync(lane));

        await InterleaveAsync(first == "replay" ? Replay : Merge, first == "replay" ? Merge : Replay);

        TextsOf(await BeginAsync(lane)).ShouldBe(["from the hidden id"]);

        async Task Replay(IDatabase database) =>
            (await Letters(database).ReplayAsync(new DeadLetterId("turn", work.Turn!.Id), CancellationToken.None)).ShouldBe(DeadLetterOutcome.Done);

        Task Merge(IDatabase database) =>
            new PeopleDirectory(database, Core.Keys, Clock).EnsureAsync(new SenderIdentity(Phone, Lid), "pt-BR", "America/Sao_Paulo", CancellationToken.None);
    }

    private DeadLetterStore Letters(IDatabase database) =>
        new(database, [new DeadTurns(database, Core.Keys, Core.Scheduler, Clock), new DeadBubbles(database, Core.Keys, Core.Scheduler, Clock)], Clock);

    private TurnStore Turns(IDatabase database) => new(database, Core.Keys, Core.People, Core.Get<Microsoft.Extensions.Options.IOptions<TurnOptions>>(), Core.Get<Microsoft.Extensions.Options.IOptions<OpenClaw.Core.Queue.Takeovers.TakeoverOptions>>(), Clock);

    /// <param name="first">Begins first and pauses after its first answer.</param>
    /// <param name="second">Runs meanwhile.</param>
    /// <param name="unit">Which unit of the first one pauses.</param>
    private async Task InterleaveAsync(Func<IDatabase, Task> first, Func<IDatabase, Task> second, int unit = 1)
    {
        using var other = Fixture.Start();
        using var watch = new NpgsqlConnection(Core.Get<Microsoft.Extensions.Configuration.IConfiguration>()["ConnectionStrings:openclaw"] + ";Pooling=false");
        await watch.OpenAsync(Patience);
        Task? between = null;

        await first(new PausingDatabase(Core.Database, () =>
        {
            between = Task.Run(() => second(other.Database), Patience);
            while (!between.IsCompleted && !IsSomebodyWaiting(watch))
                Thread.Yield();
        }, unit));

        await between.ShouldNotBeNull();
    }

    private static bool IsSomebodyWaiting(NpgsqlConnection watch)
    {
        using var command = new NpgsqlCommand("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'", watch);
        return (long)command.ExecuteScalar()! > 0;
    }

    /// <summary>Lets something happen after the first answer of the first run of a unit.</summary>
    private sealed class PausingDatabase(IDatabase database, Action pause, int unit) : IDatabase
    {
        private int _units;
        private int _paused;

        public int PendingWrites => database.PendingWrites;

        public long RefusedForSpace => database.RefusedForSpace;

        public string? CheckIntegrity() => database.CheckIntegrity();

        public DateTimeOffset? ServerTime() => database.ServerTime();

        public T Read<T>(Func<ISqlSession, T> query) => database.Read(query);

        public Task<T> WriteAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellationToken) => database.WriteAsync(sql => work(Session(sql)), cancellationToken);

        public Task<T> WriteInOrderAsync<T>(long stripe, Func<ISqlSession, T> work, CancellationToken cancellationToken) =>
            database.WriteInOrderAsync(stripe, sql => work(Session(sql)), cancellationToken);

        public Task<T> WriteVolatileAsync<T>(Func<ISqlSession, T> work, CancellationToken cancellationToken) =>
            database.WriteVolatileAsync(sql => work(Session(sql)), cancellationToken);

        private PausingSession Session(ISqlSession sql) => new(sql, this, Interlocked.Increment(ref _units));

        private T Answered<T>(T answer, int number)
        {
            if (number == unit && Interlocked.Exchange(ref _paused, 1) == 0)
                pause();
            return answer;
        }

        private sealed class PausingSession(ISqlSession sql, PausingDatabase owner, int number) : ISqlSession
        {
            public int Execute(string text, params ReadOnlySpan<(string Name, object? Value)> parameters) => owner.Answered(sql.Execute(text, parameters), number);

            public void Post(string text, params ReadOnlySpan<(string Name, object? Value)> parameters) => sql.Post(text, parameters);

            public void Meet(string text, params ReadOnlySpan<(string Name, object? Value)> parameters) => sql.Meet(text, parameters);

            public List<T> Query<T>(string text, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
                owner.Answered(sql.Query(text, map, parameters), number);

            public T? QueryFirst<T>(string text, Func<DbDataReader, T> map, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
                owner.Answered(sql.QueryFirst(text, map, parameters), number);
        }
    }
}
