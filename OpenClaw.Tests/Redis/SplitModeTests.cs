using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.Caching;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Redis;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Redis;

/// <summary>What a connection string changes.</summary>
public sealed class SplitModeTests
{
    [SkippableFact]
    public async Task Connection_string_puts_Redis_between_the_processes_and_one_clock_over_them()
    {
        var server = await RedisServer.SharedAsync();
        using var fixture = new CoreFixture(("ConnectionStrings:redis", server.ConnectionString));
        var (core, other) = (fixture.Core, fixture.Start());

        core.Get<ILaneScheduler>().ShouldBeOfType<RedisLaneScheduler>();
        core.Get<IRateLimits>().ShouldBeOfType<RedisRateLimits>();
        core.Get<IJobLeases>().ShouldBeOfType<RedisJobLeases>();
        core.Get<ICacheStore>().ShouldBeOfType<RedisCacheStore>();
        await core.Get<ILaneScheduler>().SignalAsync(new LaneId(5), core.Get<TimeProvider>().GetUtcNow(), CancellationToken.None);
        (await other.Get<ILaneScheduler>().LeaseAsync(10, CancellationToken.None)).Leases.Single().Lane.ShouldBe(new LaneId(5));
        core.Get<IEngineStatus>().IsUp.ShouldBeTrue();

        // The fixture's clock stands still at some other date.
        await core.Get<SharedClock>().Measured;
        core.Get<TimeProvider>().GetUtcNow().ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
    }

    [Fact]
    public void Without_a_connection_string_nothing_of_Redis_is_registered()
    {
        using var fixture = new CoreFixture(("ConnectionStrings:redis", " "));

        fixture.Core.Get<ILaneScheduler>().ShouldBeOfType<SqlLaneScheduler>();
        fixture.Core.Get<IServiceProvider>().GetService<IEngineStatus>().ShouldBeNull();
        fixture.Core.Get<TimeProvider>().ShouldBe(fixture.Clock);
    }

    [Theory]
    [InlineData("redis://somebody:secret@host:6379")]
    [InlineData("host:port,password=secret")]
    [InlineData("password=secret")]
    [InlineData("host:6379,passwort=secret")]
    [InlineData("host:99999,password=secret")]
    [InlineData("host,ssl=secret")]
    [InlineData(",")]
    public void Connection_string_that_cannot_be_read_stops_the_start_without_being_shown(string connectionString)
    {
        using var fixture = new CoreFixture(("ConnectionStrings:redis", connectionString));

        var error = Should.Throw<StartupException>(() => fixture.Core.Get<ILaneScheduler>());

        error.Sentences.ShouldHaveSingleItem().ShouldStartWith("ConnectionStrings__redis is not a Redis connection string; write `host:port`");
        error.ToString().ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("host")]
    [InlineData("one:6379,two:6380,password=a=b,ssl=true")]
    public void Driver_never_waits_for_a_server_at_the_start(string connectionString)
    {
        var options = RedisAddress.Parse(connectionString);

        options.AbortOnConnectFail.ShouldBeFalse();
        options.ConnectTimeout.ShouldBe(2000);
        options.KeepAlive.ShouldBe(5);
    }
}
