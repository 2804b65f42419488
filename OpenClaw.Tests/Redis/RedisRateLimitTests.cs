using System.Globalization;
using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Redis;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Queue;

namespace OpenClaw.Tests.Redis;

public sealed class RedisRateLimitTests : RateLimitContract, IAsyncLifetime
{
    private static readonly LaneId Lane = new(7);
    private static readonly PersonId Person = new(8);
    private RedisRig _rig = null!;
    private RedisProcess _process = null!;
    private RedisRateLimits _limits = null!;

    protected override CoreFixture Fixture => _rig.Fixture;

    protected override IRateLimits Limits => _limits;

    public async Task InitializeAsync()
    {
        _rig = await RedisRig.SharedAsync();
        _process = await _rig.NewProcessUpAsync();
        _limits = NewLimits(_process);
    }

    public async Task DisposeAsync()
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    [SkippableFact]
    public async Task All_processes_share_the_buckets()
    {
        Limit(perChat: 10, perPerson: 0);
        var other = NewLimits(await _rig.NewProcessUpAsync());

        var tickets = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () => await (i % 2 == 0 ? _limits : other).TakeAsync(Lane, Person, CancellationToken.None))));

        tickets.Count(ticket => ticket.Decision == RateDecision.Taken).ShouldBe(10);
        tickets.Count(ticket => ticket is { Decision: RateDecision.Refused, Reason: "chat_rate" }).ShouldBe(30);
    }

    [SkippableFact]
    public async Task Buckets_end_when_they_are_full_again()
    {
        Limit(perChat: 10, perPerson: 10);

        await _limits.TakeAsync(Lane, Person, CancellationToken.None);

        var keys = _rig.Keys().Where(key => key.Contains(":rate:", StringComparison.Ordinal)).ToList();
        keys.Count.ShouldBe(2);
        keys.ShouldAllBe(key => (long)_rig.Server.Execute("TTL", key)! >= 1 && (long)_rig.Server.Execute("TTL", key)! <= 61);
    }

    [SkippableFact]
    public async Task Without_limits_Redis_is_not_asked()
    {
        await using var rig = RedisRig.Absent();
        var limits = new RedisRateLimits(rig.NewProcess().Connection, _process.Keys, new SqlRateLimits(Options.Create(Off)), Options.Create(Off));

        var ticket = await limits.TakeAsync(Lane, Person, CancellationToken.None);
        limits.GiveBack(ticket);

        ticket.Decision.ShouldBe(RateDecision.Taken);
    }

    [SkippableFact]
    public async Task Where_Redis_does_not_answer_the_database_decides()
    {
        await using var rig = await RedisRig.OwnAsync();
        var process = await rig.NewProcessUpAsync();
        var on = Options.Create(new LimitsOptions { MessagesPerMinutePerChat = 1, MessagesPerMinutePerPerson = 1 });
        var limits = new RedisRateLimits(process.Connection, process.Keys, new SqlRateLimits(on), on);
        var person = await rig.Core.PersonAsync("5511999990000");
        var lane = await rig.Core.Lanes.EnsureAsync("default", person, null, "5511999990000@c.us", CancellationToken.None);

        await rig.Server.FreezeAsync();
        var frozen = await limits.TakeAsync(lane, person.Person, CancellationToken.None);
        // Others do not wait again.
        var many = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ => await limits.TakeAsync(lane, person.Person, CancellationToken.None)));
        await rig.Server.KillAsync();
        await process.DownAsync();
        var gone = await limits.TakeAsync(lane, person.Person, CancellationToken.None);
        limits.GiveBack(gone);

        many.Append(frozen).Append(gone).ShouldAllBe(ticket => ticket.Decision == RateDecision.InTransaction);
        (await TakeWithinAsync(frozen)).ShouldBeNull();
        (await TakeWithinAsync(gone)).ShouldBe("chat_rate");

        Task<string?> TakeWithinAsync(RateTicket ticket) =>
            rig.Core.Database.WriteAsync(sql => limits.TakeWithin(sql, ticket, rig.Fixture.Clock.Now), CancellationToken.None);
    }

    protected override void Pass(TimeSpan duration)
    {
        foreach (var key in _rig.Keys().Where(key => key.Contains(":rate:", StringComparison.Ordinal)))
        {
            var at = long.Parse((string)_rig.Server.Execute("HGET", key, "a")!, CultureInfo.InvariantCulture) - (long)duration.TotalMicroseconds;
            _rig.Server.Execute("HSET", key, "a", at.ToString(CultureInfo.InvariantCulture));
        }

        base.Pass(duration);
    }

    private static LimitsOptions Off => new() { MessagesPerMinutePerChat = 0, MessagesPerMinutePerPerson = 0 };

    private RedisRateLimits NewLimits(RedisProcess process)
    {
        var options = _rig.Core.Get<IOptions<LimitsOptions>>();
        return new RedisRateLimits(process.Connection, process.Keys, new SqlRateLimits(options), options);
    }
}
