using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public abstract class ProcessFactsContract(CoreFixture fixture) : IDisposable
{
    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Keys_of_another_database_are_noticed()
    {
        var facts = fixture.Core.Get<ProcessFacts>();

        (await facts.KeysFitAsync([1, 2, 3], CancellationToken.None)).ShouldBeTrue("the first ones are the right ones");
        (await facts.KeysFitAsync([1, 2, 3], CancellationToken.None)).ShouldBeTrue();
        (await facts.KeysFitAsync([3, 2, 1], CancellationToken.None)).ShouldBeFalse();
    }
}
