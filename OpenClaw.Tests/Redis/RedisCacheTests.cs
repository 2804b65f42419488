using System.Text;
using OpenClaw.Core.Caching;
using OpenClaw.Core.Redis;
using OpenClaw.Tests.Caching;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Redis;

public sealed class RedisCacheTests : PersonCacheContract, IAsyncLifetime
{
    private RedisRig _rig = null!;
    private RedisProcess _process = null!;
    private IPersonCache _cache = null!;
    private IPersonCache _other = null!;

    protected override CoreFixture Fixture => _rig.Fixture;

    private protected override IPersonCache Cache => _cache;

    private protected override IPersonCache Other => _other;

    public async Task InitializeAsync()
    {
        _rig = await RedisRig.OwnAsync();
        _process = await _rig.NewProcessUpAsync();
        var other = await _rig.NewProcessUpAsync();
        _cache = new PersonCache(new RedisCacheStore(_process.Connection, _process.Keys), _rig.Core.Keys);
        _other = new PersonCache(new RedisCacheStore(other.Connection, other.Keys), _rig.Fixture.Start().Keys);
    }

    public async Task DisposeAsync()
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    [SkippableFact]
    public async Task Process_that_starts_after_the_key_was_destroyed_reads_nothing()
    {
        var maria = await PersonAsync("5511999990000");
        await SetAsync(maria, "weather", "sunny");
        await _rig.Core.Get<OpenClaw.Core.Storage.KeysDatabase>().Database.WriteAsync(
            sql => sql.Execute("UPDATE data_keys SET destroyed_at = 1 WHERE key_id = @key", ("@key", maria.Key.Value)), CancellationToken.None);

        (await GetAsync(maria, "weather", Other)).ShouldBeNull();
    }

    [SkippableFact]
    public async Task Entries_and_keys_end_with_their_time()
    {
        var maria = await PersonAsync("5511999990000");
        await SetAsync(maria, "an hour", "kept");
        await Cache.SetAsync(maria, "a year", Encoding.UTF8.GetBytes("kept"), TimeSpan.FromDays(365), CancellationToken.None);
        var keys = CacheKeys();

        keys.Count.ShouldBe(2);
        keys.ShouldAllBe(key => (long)_rig.Server.Execute("TTL", key)! > 23 * 3600 && (long)_rig.Server.Execute("TTL", key)! <= 24 * 3600);
        // The first entry's end moves into the past.
        var ends = keys.Single(key => key.EndsWith(":expiry", StringComparison.Ordinal));
        var first = (string)((List<object?>)_rig.Server.Execute("ZRANGE", ends, "0", "0")!)[0]!;
        _rig.Server.Execute("ZADD", ends, "1", first);
        (await GetAsync(maria, "an hour")).ShouldBeNull();
        (await GetAsync(maria, "a year")).ShouldBe("kept");
        await SetAsync(maria, "another", "kept");
        _rig.Server.Execute("ZCARD", ends).ShouldBe(2L);
    }

    [SkippableFact]
    public async Task Without_Redis_everything_is_a_miss_and_nothing_an_error()
    {
        var maria = await PersonAsync("5511999990000");
        await SetAsync(maria, "weather", "sunny");

        await _rig.Server.FreezeAsync();
        (await GetAsync(maria, "weather")).ShouldBeNull();
        await _rig.Server.KillAsync();
        await _process.DownAsync();

        (await GetAsync(maria, "weather")).ShouldBeNull();
        await SetAsync(maria, "weather", "sunny");
        (await Cache.ForgetAsync(maria.Person, CancellationToken.None)).ShouldBeFalse();
    }

    private protected override string Dump() => string.Concat(CacheKeys().Select(key => key + string.Concat(
        key.EndsWith(":expiry", StringComparison.Ordinal) ? (List<object?>)_rig.Server.Execute("ZRANGE", key, "0", "-1")! : (List<object?>)_rig.Server.Execute("HGETALL", key)!)));

    private List<string> CacheKeys() => _rig.Keys().Where(key => key.Contains(":cache:", StringComparison.Ordinal)).ToList();
}
