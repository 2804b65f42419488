using OpenClaw.Core.Accounts;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Queue;

namespace OpenClaw.Tests.Accounts;

/// <summary>Green, amber and red, the same in every process.</summary>
public abstract class AccountHealthContract(CoreFixture fixture) : TurnContract(fixture)
{
    private AccountHealth Health => Core.Get<AccountHealth>();

    private AccountLimitStore Limits => Core.Get<AccountLimitStore>();

    [Fact]
    public async Task Account_against_which_nothing_is_known_is_green()
    {
        Look().ShouldBe("Green");
        await StatusAsync("WORKING");

        Look().ShouldBe("Green");
        Health.Look("default").Sentence.ShouldBeNull();
    }

    [Theory]
    [InlineData("STARTING")]
    [InlineData("STOPPED")]
    [InlineData("FAILED")]
    [InlineData("PASSKEY_REQUIRED")]
    public async Task Session_that_does_not_work_is_amber_for_a_moment_and_red_when_it_lasts(string status)
    {
        await StatusAsync("WORKING");
        Clock.Advance(Seconds(1));
        await StatusAsync(status);
        Look().ShouldBe("Amber session_starting");

        Clock.Advance(TimeSpan.FromMinutes(2));
        Look().ShouldBe("Red session_not_working");

        await StatusAsync("WORKING");
        Look().ShouldBe("Green");
    }

    [Fact]
    public async Task Statuses_that_come_again_and_again_begin_no_new_moment()
    {
        await StatusAsync("WORKING");
        for (var i = 0; i < 13; i++)
        {
            Clock.Advance(Seconds(10));
            await StatusAsync(i % 2 == 0 ? "FAILED" : "STARTING");
        }

        Look().ShouldBe("Red session_not_working");
    }

    [Fact]
    public async Task Phone_that_logged_out_is_red_at_once_and_one_that_was_never_linked_is_not()
    {
        await StatusAsync("SCAN_QR_CODE");
        Look().ShouldBe("Amber session_starting");
        Clock.Advance(Seconds(1));
        await StatusAsync("WORKING");
        Clock.Advance(Seconds(1));
        await StatusAsync("SCAN_QR_CODE");

        Look().ShouldBe("Red logged_out");
    }

    [Theory]
    [InlineData(AccountLimit.Timelock, "Red timelock")]
    [InlineData(AccountLimit.Capping, "Red capping")]
    public async Task Send_that_WhatsApp_refused_makes_it_red_for_a_day(AccountLimit limit, string expected)
    {
        await Limits.NoteRefusedAsync("default", limit, CancellationToken.None);

        Look().ShouldBe(expected);
        Look("other").ShouldBe("Green");
        Clock.Advance(AccountLimitStore.UntoldEnd - Seconds(1));
        Look().ShouldBe(expected);
        Clock.Advance(Seconds(1));
        Look().ShouldBe("Green");
    }

    [Fact]
    public async Task What_WAHA_tells_lasts_as_long_as_it_tells_and_takes_back_no_refused_send()
    {
        var until = Clock.Now + TimeSpan.FromDays(3);
        await Limits.NoteToldAsync("default", AccountLimit.Timelock, AccountLimitStage.Reached, until, CancellationToken.None);
        Health.Look("default").Signs.Single().Until.ShouldBe(until);

        await Limits.NoteToldAsync("default", AccountLimit.Timelock, AccountLimitStage.None, null, CancellationToken.None);
        Look().ShouldBe("Green");

        await Limits.NoteRefusedAsync("default", AccountLimit.Timelock, CancellationToken.None);
        await Limits.NoteToldAsync("default", AccountLimit.Timelock, AccountLimitStage.None, null, CancellationToken.None);
        Look().ShouldBe("Red timelock");
    }

    [Fact]
    public async Task Warning_of_WhatsApps_is_amber()
    {
        await Limits.NoteToldAsync("default", AccountLimit.Capping, AccountLimitStage.Warned, Clock.Now + TimeSpan.FromDays(3), CancellationToken.None);

        Look().ShouldBe("Amber capping_near");
    }

    [Fact]
    public async Task Missing_server_acks_are_amber_and_many_of_them_for_long_are_red()
    {
        await AckAsync(await SendAsync());
        for (var i = 0; i < 10; i++)
            await SendAsync();
        Clock.Advance(Seconds(31));
        Look().ShouldBe("Amber acks_missing");

        Clock.Advance(TimeSpan.FromMinutes(10));
        Look().ShouldBe("Red acks_missing");
        Health.Look("default").Sentence.ShouldNotBeNull().ShouldStartWith("default is red: only answers go out; 10 of its messages did not reach WhatsApp's server");
    }

    [Fact]
    public async Task Change_of_level_is_told_to_one_process_once()
    {
        using var other = Fixture.Start();
        await Limits.NoteRefusedAsync("default", AccountLimit.Timelock, CancellationToken.None);
        var theirs = other.Get<AccountHealth>();
        theirs.Look("default").ShouldBeEquivalentTo(Health.Look("default"));

        var told = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? Health : theirs).MoveAsync(Health.Look("default"), CancellationToken.None)));

        told.Where(before => before is not null).ShouldBe([AccountLevel.Green]);
        Clock.Advance(AccountLimitStore.UntoldEnd);
        (await theirs.MoveAsync(theirs.Look("default"), CancellationToken.None)).ShouldBe(AccountLevel.Red);
        (await Health.MoveAsync(Health.Look("default"), CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task What_is_remembered_is_two_seconds_old_at_most()
    {
        Health.Of("default").Level.ShouldBe(AccountLevel.Green);
        await Limits.NoteRefusedAsync("default", AccountLimit.Timelock, CancellationToken.None);

        Clock.Advance(Seconds(2));

        Health.Of("default").Level.ShouldBe(AccountLevel.Red);
    }

    [Fact]
    public async Task Nothing_is_queued_for_somebody_who_never_wrote()
    {
        var maria = await MariaAsync();
        var lane = await Core.Lanes.EnsureAsync("default", maria, null, "5511999990000@c.us", CancellationToken.None);
        (await QueueAsync(lane)).ShouldBe("never_wrote");
        BubbleStates().ShouldBeEmpty();

        await ReceiveAsync("oi");

        (await QueueAsync(lane)).ShouldBeNull();
        BubbleStates().ShouldBe(["queued"]);
        (await QueueAsync(await Core.Lanes.EnsureAsync("default", await Core.PersonAsync("5511888880000"), null, "5511888880000@c.us", CancellationToken.None))).ShouldBe("never_wrote");

        Task<string?> QueueAsync(LaneId to) => Core.Database.WriteAsync(
            sql => UnpromptedBubbles.QueueWithin(sql, new UnpromptedBubble(to, "default", maria.Key, [1], null), Clock.Now), CancellationToken.None);
    }

    [Fact]
    public async Task Somebody_whose_message_was_answered_wrote()
    {
        var work = await ReceiveAndBeginAsync("oi");
        await AnswerAsync(work);

        var refused = await Core.Database.WriteAsync(
            sql => UnpromptedBubbles.QueueWithin(sql, new UnpromptedBubble(work.Chat.Lane, "default", work.Turn!.Person.Key, [1], null), Clock.Now), CancellationToken.None);

        refused.ShouldBeNull();
    }

    private string Look(string session = "default")
    {
        var standing = Health.Look(session);
        return string.Join(' ', [standing.Level.ToString(), .. standing.Signs.Select(sign => sign.Reason)]);
    }

    private Task StatusAsync(string status) => Core.Events.RecordSessionAsync("default", status, null, Clock.Now, CancellationToken.None);

    private async Task<string> SendAsync()
    {
        var work = await BeginAsync(await ReceiveAsync("one"));
        var raw = MessageBuilder.NextRawId();
        await AcceptAsync(work, (await CompleteAsync(work, "answer")).Single(), raw);
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        return raw;
    }

    private Task AckAsync(string rawId) => Core.Events.RecordAckAsync("default", rawId, 1, CancellationToken.None);
}

public sealed class SqliteAccountHealthTests() : AccountHealthContract(new CoreFixture());

public sealed class PostgresAccountHealthTests() : AccountHealthContract(new CoreFixture(Store.Postgres));
