using OpenClaw.Core.Queue;

namespace OpenClaw.Tests.Queue;

/// <summary>What every kind of leader by lease does.</summary>
public abstract class JobLeaseContract
{
    private const string Job = "some-job";
    private static readonly TimeSpan Duration = TimeSpan.FromMinutes(1);

    protected abstract IJobLeases Leases { get; }

    /// <summary>The same of another process.</summary>
    protected abstract IJobLeases Other { get; }

    protected abstract void Pass(TimeSpan duration);

    [SkippableFact]
    public async Task One_process_leads_and_may_go_on()
    {
        (await HoldAsync(Leases)).ShouldBeTrue();
        (await HoldAsync(Other)).ShouldBeFalse();
        (await HoldAsync(Leases)).ShouldBeTrue();
    }

    [SkippableFact]
    public async Task Jobs_have_leaders_of_their_own()
    {
        (await HoldAsync(Leases)).ShouldBeTrue();

        (await Other.HoldAsync("another-job", Duration, CancellationToken.None)).ShouldBeTrue();
    }

    [SkippableFact]
    public async Task Leader_that_goes_on_stays_and_one_that_does_not_is_followed()
    {
        await HoldAsync(Leases);
        Pass(Duration / 2);
        await HoldAsync(Leases);
        Pass(Duration / 2);
        (await HoldAsync(Other)).ShouldBeFalse();

        Pass(Duration);

        (await HoldAsync(Other)).ShouldBeTrue();
        (await HoldAsync(Leases)).ShouldBeFalse();
    }

    [SkippableFact]
    public async Task Leader_that_resigns_is_followed_at_once()
    {
        await HoldAsync(Leases);

        await Leases.ReleaseAsync(Job, CancellationToken.None);

        (await HoldAsync(Other)).ShouldBeTrue();
    }

    [SkippableFact]
    public async Task Nobody_resigns_for_another()
    {
        await HoldAsync(Leases);

        await Other.ReleaseAsync(Job, CancellationToken.None);
        await Other.ReleaseAsync("never-held", CancellationToken.None);

        (await HoldAsync(Other)).ShouldBeFalse();
    }

    [SkippableFact]
    public async Task Of_many_that_ask_at_once_one_leads()
    {
        var held = await Task.WhenAll(Enumerable.Range(0, 20).Select(asker => Task.Run(() => HoldAsync(asker % 2 == 0 ? Leases : Other))));

        held.Where((_, asker) => asker % 2 == 0).Distinct().ShouldHaveSingleItem().ShouldNotBe(held.Where((_, asker) => asker % 2 == 1).Distinct().ShouldHaveSingleItem());
    }

    private static Task<bool> HoldAsync(IJobLeases leases) => leases.HoldAsync(Job, Duration, CancellationToken.None);
}
