using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Budgets;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>What every kind of hourly bucket does. Times may be a minute off: Redis goes by its own clock.</summary>
public abstract class BubbleBudgetContract
{
    private static readonly LaneId Chat = new(7);

    protected abstract CoreFixture Fixture { get; }

    protected abstract IBubbleBudgets Budgets { get; }

    /// <summary>The same buckets, as another process sees them.</summary>
    protected abstract Task<IBubbleBudgets> OtherProcessAsync();

    /// <summary>Lets the buckets' time pass.</summary>
    protected virtual void Pass(TimeSpan duration) => Fixture.Clock.Advance(duration);

    [SkippableFact]
    public async Task Without_budgets_everything_goes()
    {
        Allow(perChat: 0, perSession: 0);

        Budgets.IsOn.ShouldBeFalse();
        for (var i = 0; i < 20; i++)
            (await TakeAsync()).ShouldBe(BudgetAnswer.Free);
    }

    [SkippableFact]
    public async Task A_full_bucket_gives_its_size_and_then_one_place_after_the_other()
    {
        Allow(perChat: 4, perSession: 0);

        for (var i = 0; i < 4; i++)
            (await TakeAsync()).ShouldBe(BudgetAnswer.Free);

        ShouldWait(await TakeAsync(), minutes: 15, isOfSession: false);
        ShouldWait(await TakeAsync(), minutes: 30, isOfSession: false);
        Pass(TimeSpan.FromMinutes(60));
        ShouldWait(await TakeAsync(BudgetUse.AtOnce), minutes: 0, isOfSession: false);
        (await TakeAsync(BudgetUse.AtOnce)).IsTaken.ShouldBeTrue();
        ShouldWait(await TakeAsync(), minutes: 15, isOfSession: false);
        Pass(TimeSpan.FromHours(50));
        for (var i = 0; i < 4; i++)
            (await TakeAsync()).Wait.ShouldBe(TimeSpan.Zero);
        ShouldWait(await TakeAsync(), minutes: 15, isOfSession: false);
    }

    [SkippableFact]
    public async Task What_wants_to_go_at_once_takes_nothing_where_it_would_wait()
    {
        Allow(perChat: 1, perSession: 0);
        (await TakeAsync(BudgetUse.AtOnce)).IsTaken.ShouldBeTrue();

        for (var i = 0; i < 3; i++)
            (await TakeAsync(BudgetUse.AtOnce)).IsTaken.ShouldBeFalse();

        ShouldWait(await TakeAsync(), minutes: 60, isOfSession: false);
    }

    [SkippableFact]
    public async Task Chats_of_a_session_share_its_bucket_and_other_sessions_have_their_own()
    {
        Allow(perChat: 3, perSession: 2);
        (await TakeAsync(lane: new LaneId(1))).ShouldBe(BudgetAnswer.Free);
        (await TakeAsync(lane: new LaneId(2))).ShouldBe(BudgetAnswer.Free);

        ShouldWait(await TakeAsync(lane: new LaneId(3)), minutes: 30, isOfSession: true);
        ShouldWait(await TakeAsync(lane: new LaneId(4)), minutes: 60, isOfSession: true);
        (await TakeAsync(lane: new LaneId(5), session: "sales")).ShouldBe(BudgetAnswer.Free);
    }

    [SkippableFact]
    public async Task A_notice_takes_nothing_of_the_last_tenth_of_a_session()
    {
        Allow(perChat: 0, perSession: 20);
        for (var i = 0; i < 18; i++)
            (await TakeAsync(BudgetUse.Notice)).ShouldBe(BudgetAnswer.Free);

        var refused = await TakeAsync(BudgetUse.Notice);
        (refused.IsTaken, refused.IsOfSession).ShouldBe((false, true));
        refused.Wait.ShouldBeInRange(TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3.1));
        (await TakeAsync()).ShouldBe(BudgetAnswer.Free);
        (await TakeAsync()).ShouldBe(BudgetAnswer.Free);
        ShouldWait(await TakeAsync(), minutes: 3, isOfSession: true);
    }

    [SkippableFact]
    public async Task Processes_that_take_at_once_get_as_many_as_there_are_and_a_place_each()
    {
        Allow(perChat: 0, perSession: 10);
        var processes = new[] { Budgets, await OtherProcessAsync() };

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
            await processes[i % 2].TakeAsync(new LaneId(i), "default", BudgetUse.InTurn, CancellationToken.None))));

        answers.ShouldAllBe(answer => answer.IsTaken);
        answers.Count(answer => answer.Wait == TimeSpan.Zero).ShouldBe(10);
        var places = answers.Where(answer => answer.Wait > TimeSpan.Zero).Select(answer => answer.Wait).Order().ToList();
        for (var i = 0; i < places.Count; i++)
            places[i].ShouldBeInRange(TimeSpan.FromMinutes((6 * (i + 1)) - 1), TimeSpan.FromMinutes(6 * (i + 1)));
    }

    protected LimitsOptions Limits => Fixture.Core.Get<IOptions<LimitsOptions>>().Value;

    private void Allow(int perChat, int perSession) => (Limits.BubblesPerHourPerChat, Limits.BubblesPerHourPerSession) = (perChat, perSession);

    private async Task<BudgetAnswer> TakeAsync(BudgetUse use = BudgetUse.InTurn, LaneId? lane = null, string session = "default") =>
        await Budgets.TakeAsync(lane ?? Chat, session, use, CancellationToken.None);

    private static void ShouldWait(BudgetAnswer answer, int minutes, bool isOfSession)
    {
        answer.Wait.ShouldBeInRange(TimeSpan.FromMinutes(Math.Max(0, minutes - 1)), TimeSpan.FromMinutes(minutes));
        (answer.IsTaken, answer.IsOfSession).ShouldBe((true, isOfSession));
    }
}

/// <summary>The buckets in either database.</summary>
public abstract class SqlBubbleBudgetContract(CoreFixture fixture) : BubbleBudgetContract, IDisposable
{
    protected override CoreFixture Fixture => fixture;

    protected override IBubbleBudgets Budgets => fixture.Core.Get<IBubbleBudgets>();

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override Task<IBubbleBudgets> OtherProcessAsync()
    {
        var other = fixture.Start();
        other.Get<IOptions<LimitsOptions>>().Value.BubblesPerHourPerChat = Limits.BubblesPerHourPerChat;
        other.Get<IOptions<LimitsOptions>>().Value.BubblesPerHourPerSession = Limits.BubblesPerHourPerSession;
        return Task.FromResult(other.Get<IBubbleBudgets>());
    }
}

public sealed class SqliteBubbleBudgetTests() : SqlBubbleBudgetContract(new CoreFixture());

public sealed class PostgresBubbleBudgetTests() : SqlBubbleBudgetContract(new CoreFixture(Store.Postgres));

/// <summary>What the settings mean.</summary>
public sealed class BubbleBudgetSettingsTests
{
    [Fact]
    public void Unset_they_are_off_and_cost_nothing() => new LimitsOptions().HasBudgets.ShouldBeFalse();

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(0, -1)]
    public void Negative_ones_are_refused_by_name(int perChat, int perSession) => new LimitsOptionsValidator()
        .Validate(null, new LimitsOptions { BubblesPerHourPerChat = perChat, BubblesPerHourPerSession = perSession })
        .FailureMessage.ShouldBe("Limits__BubblesPerHourPerChat and Limits__BubblesPerHourPerSession must be 0 (no budget) or more.");
}
