using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

public abstract class SqlJobLeaseContract : JobLeaseContract, IDisposable
{
    private readonly CoreFixture _fixture;
    private readonly CoreProcess _other;

    protected SqlJobLeaseContract(CoreFixture fixture) => (_fixture, _other) = (fixture, fixture.Start());

    protected override IJobLeases Leases => _fixture.Core.Get<IJobLeases>();

    protected override IJobLeases Other => _other.Get<IJobLeases>();

    public void Dispose()
    {
        _fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void Pass(TimeSpan duration) => _fixture.Clock.Advance(duration);
}

public sealed class SqliteJobLeaseTests() : SqlJobLeaseContract(new CoreFixture());

public sealed class PostgresJobLeaseTests() : SqlJobLeaseContract(new CoreFixture(Store.Postgres));
