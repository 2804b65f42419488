using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>The buckets in either database.</summary>
public abstract class SqlRateLimitContract(CoreFixture fixture) : RateLimitContract, IDisposable
{
    protected override CoreFixture Fixture => fixture;

    protected override IRateLimits Limits => fixture.Core.Get<IRateLimits>();

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(-1, 0, false)]
    [InlineData(0, -1, false)]
    [InlineData(0, 0, true)]
    public void Negative_limits_are_refused_by_name(int perChat, int perPerson, bool valid)
    {
        var result = new LimitsOptionsValidator().Validate(null, new LimitsOptions { MessagesPerMinutePerChat = perChat, MessagesPerMinutePerPerson = perPerson });

        result.Succeeded.ShouldBe(valid);
        if (!valid)
            result.FailureMessage!.ShouldContain("Limits__MessagesPerMinutePerChat");
    }
}
