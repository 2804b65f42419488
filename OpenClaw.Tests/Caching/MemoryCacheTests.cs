using System.Text;
using OpenClaw.Core.Caching;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Caching;

public sealed class MemoryCacheTests : PersonCacheContract, IDisposable
{
    private readonly WatchedStore _store;
    private readonly PersonCache _cache;

    public MemoryCacheTests()
    {
        _store = new WatchedStore(new MemoryCacheStore(Fixture.Clock));
        _cache = new PersonCache(_store, Fixture.Core.Keys);
    }

    protected override CoreFixture Fixture { get; } = new();

    private protected override IPersonCache Cache => _cache;

    private protected override IPersonCache Other => _cache;

    public void Dispose() => Fixture.Dispose();

    [Fact]
    public async Task Entries_end_with_their_time_a_day_at_most()
    {
        var maria = await PersonAsync("5511999990000");
        await SetAsync(maria, "an hour", "kept");
        await Cache.SetAsync(maria, "a year", Encoding.UTF8.GetBytes("kept"), TimeSpan.FromDays(365), CancellationToken.None);

        Fixture.Clock.Advance(TimeSpan.FromHours(1));
        (await GetAsync(maria, "an hour")).ShouldBeNull();
        (await GetAsync(maria, "a year")).ShouldBe("kept");
        Fixture.Clock.Advance(TimeSpan.FromHours(23));
        (await GetAsync(maria, "a year")).ShouldBeNull();
    }

    [Fact]
    public async Task Memory_is_bounded_and_who_was_not_asked_for_longest_goes()
    {
        var store = new MemoryCacheStore(Fixture.Clock, maxBytes: 100);
        await StoreAsync("a", 40);
        await StoreAsync("b", 40);
        (await store.GetAsync("a", "entry", CancellationToken.None)).ShouldNotBeNull();

        await StoreAsync("c", 40);

        (await store.GetAsync("b", "entry", CancellationToken.None)).ShouldBeNull();
        (await store.GetAsync("a", "entry", CancellationToken.None)).ShouldNotBeNull();
        (await store.GetAsync("c", "entry", CancellationToken.None)).ShouldNotBeNull();
        await StoreAsync("d", 101);
        (await store.GetAsync("d", "entry", CancellationToken.None)).ShouldBeNull();
        await StoreAsync("e", 100);
        (await store.GetAsync("e", "entry", CancellationToken.None)).ShouldNotBeNull();

        Task StoreAsync(string owner, int bytes) => store.SetAsync(owner, "entry", new byte[bytes], TimeSpan.FromHours(1), 1, CancellationToken.None);
    }

    [Fact]
    public async Task Application_has_one_in_memory_without_Redis()
    {
        var maria = await PersonAsync("5511999990000");
        var cache = Fixture.Core.Get<IPersonCache>();

        await cache.SetAsync(maria, "weather", Encoding.UTF8.GetBytes("sunny"), TimeSpan.FromHours(1), CancellationToken.None);

        (await GetAsync(maria, "weather", cache)).ShouldBe("sunny");
        Fixture.Core.Get<ICacheStore>().ShouldBeOfType<MemoryCacheStore>();
    }

    private protected override string Dump() => _store.Seen.ToString();

    /// <summary>Writes down all that a store gets to see.</summary>
    private sealed class WatchedStore(ICacheStore inner) : ICacheStore
    {
        public StringBuilder Seen { get; } = new();

        public Task<byte[]?> GetAsync(string owner, string entry, CancellationToken cancellationToken) => inner.GetAsync(owner, entry, cancellationToken);

        public Task SetAsync(string owner, string entry, byte[] value, TimeSpan lifetime, int most, CancellationToken cancellationToken)
        {
            Seen.Append(owner).Append(entry).Append(Encoding.Latin1.GetString(value));
            return inner.SetAsync(owner, entry, value, lifetime, most, cancellationToken);
        }

        public Task<bool> RemoveAsync(string owner, CancellationToken cancellationToken) => inner.RemoveAsync(owner, cancellationToken);
    }
}
