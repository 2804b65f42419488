using OpenClaw.Core.Queue.Acks;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>A session whose messages do not reach WhatsApp's server shows it, and recovers by itself.</summary>
public abstract class ServerAckHealthContract(CoreFixture fixture) : TurnContract(fixture)
{
    private IServerAckHealth Health => Core.Get<IServerAckHealth>();

    [Fact]
    public async Task A_bubble_counts_when_its_server_ack_is_late()
    {
        Health.Of("default").ShouldBe(new ServerAckGap("default", 0, null, false));
        var sentAt = Clock.Now;
        await SendAsync();
        Clock.Advance(Seconds(29));
        Health.Of("default").Missing.ShouldBe(0);

        Clock.Advance(Seconds(1));

        Health.Of("default").ShouldBe(new ServerAckGap("default", 1, sentAt, false));
        Health.Of("other").Missing.ShouldBe(0);
    }

    [Fact]
    public async Task Its_own_late_ack_mends_it()
    {
        var raw = await SendAsync();
        Clock.Advance(Seconds(31));
        Health.Of("default").Missing.ShouldBe(1);

        await AckAsync(raw, 1);

        Health.Of("default").ShouldBe(new ServerAckGap("default", 0, null, true));
    }

    [Fact]
    public async Task The_ack_of_a_later_bubble_mends_it_at_once()
    {
        await SendAsync();
        await SendAsync();
        Clock.Advance(Seconds(31));
        Health.Of("default").Missing.ShouldBe(2);

        await AckAsync(await SendAsync(), 1);

        Health.Of("default").Missing.ShouldBe(0);
        Clock.Advance(Seconds(40));
        Health.Of("default").Missing.ShouldBe(0);
    }

    [Fact]
    public async Task Only_what_came_after_the_last_acknowledged_one_counts()
    {
        await SendAsync();
        Clock.Advance(Seconds(1));
        await AckAsync(await SendAsync(), 2);
        Clock.Advance(Seconds(1));
        var since = Clock.Now;
        await SendAsync();
        Clock.Advance(Seconds(1));
        await SendAsync();
        Clock.Advance(Seconds(31));

        Health.Of("default").ShouldBe(new ServerAckGap("default", 2, since, true));
    }

    [Fact]
    public async Task A_refused_bubble_is_not_an_acknowledged_one()
    {
        await AckAsync(await SendAsync(), -1);
        Clock.Advance(Seconds(31));

        Health.Of("default").Missing.ShouldBe(1);
    }

    [Fact]
    public async Task After_an_hour_it_is_history()
    {
        await SendAsync();

        Clock.Advance(TimeSpan.FromMinutes(61));

        Health.Of("default").Missing.ShouldBe(0);
    }

    [Fact]
    public async Task More_than_can_be_counted_are_counted_to_a_bound()
    {
        var work = await ReceiveAndBeginAsync("one");
        await CompleteAsync(work, "answer");
        await Core.Database.WriteAsync(
            sql =>
            {
                for (var i = 0; i < ServerAckGap.MostCounted + 10; i++)
                {
                    sql.Post(
                        """
                        INSERT INTO outbox (lane_id, kind, state, key_id, content_enc, session, created_at, accepted_at, raw_id)
                        SELECT lane_id, kind, 'accepted', key_id, content_enc, session, created_at, @at, @raw FROM outbox WHERE state = 'sending'
                        """,
                        ("@at", (Clock.Now.ToUnixTimeMilliseconds() * 1000) + i), ("@raw", MessageBuilder.NextRawId()));
                }

                return 0;
            },
            CancellationToken.None);
        Clock.Advance(Seconds(31));

        Health.Of("default").Missing.ShouldBe(ServerAckGap.MostCounted);
    }

    [Theory]
    [InlineData(0.5, false)]
    [InlineData(1, true)]
    [InlineData(600, true)]
    [InlineData(601, false)]
    public void Its_time_is_bounded(double seconds, bool isValid)
    {
        var result = new ServerAckOptionsValidator().Validate(null, new ServerAckOptions { ServerAckWithin = Seconds(seconds) });

        result.Succeeded.ShouldBe(isValid);
        (result.FailureMessage ?? "Delivery__ServerAckWithin").ShouldContain("Delivery__ServerAckWithin");
    }

    private async Task<string> SendAsync()
    {
        var work = await BeginAsync(await ReceiveAsync("one"));
        var raw = MessageBuilder.NextRawId();
        await AcceptAsync(work, (await CompleteAsync(work, "answer")).Single(), raw);
        return raw;
    }

    private Task AckAsync(string rawId, int level) => Core.Events.RecordAckAsync("default", rawId, level, CancellationToken.None);
}

public sealed class SqliteServerAckHealthTests() : ServerAckHealthContract(new CoreFixture());

public sealed class PostgresServerAckHealthTests() : ServerAckHealthContract(new CoreFixture(Store.Postgres));
