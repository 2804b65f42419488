using System.Security.Cryptography;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Security;

public abstract class KeyRingContract(CoreFixture fixture) : IDisposable
{
    private static readonly byte[] Owner = [1, 2, 3];

    private KeyRing Keys => fixture.Core.Keys;

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Text_that_one_process_encrypted_another_one_reads()
    {
        var key = await Keys.EnsureAsync(Owner, CancellationToken.None);
        var cipher = Keys.Encrypt(key, "inbound.content", "olá 🌎");

        fixture.Start().Keys.DecryptText(key, "inbound.content", cipher).ShouldBe("olá 🌎");
    }

    [Fact]
    public async Task Another_owner_or_column_does_not_open_it()
    {
        var key = await Keys.EnsureAsync(Owner, CancellationToken.None);
        var other = await Keys.EnsureAsync([9], CancellationToken.None);
        var cipher = Keys.Encrypt(key, "inbound.content", "hello");

        Should.Throw<CryptographicException>(() => Keys.Decrypt(other, "inbound.content", cipher));
        Should.Throw<CryptographicException>(() => Keys.Decrypt(key, "outbox.content", cipher));
        Should.Throw<CryptographicException>(() => Keys.Decrypt(new DataKeyId(4711), "inbound.content", cipher));
    }

    [Fact]
    public async Task A_destroyed_key_cannot_be_read_and_its_owner_gets_a_new_one()
    {
        var key = await Keys.EnsureAsync(Owner, CancellationToken.None);
        var cipher = Keys.Encrypt(key, "inbound.content", "hello");
        await ExecuteAsync("UPDATE data_keys SET destroyed_at = 1, wrapped = @gone WHERE key_id = @key", ("@gone", Array.Empty<byte>()), ("@key", key.Value));
        var restarted = fixture.Start().Keys;

        Should.Throw<CryptographicException>(() => restarted.Decrypt(key, "inbound.content", cipher)).Message.ShouldContain("destroyed");
        var fresh = await restarted.EnsureAsync(Owner, CancellationToken.None);

        fresh.ShouldNotBe(key);
        Should.Throw<CryptographicException>(() => restarted.Decrypt(fresh, "inbound.content", cipher));
    }

    [Fact]
    public async Task A_wrapped_key_that_was_moved_to_another_owner_does_not_open()
    {
        var key = await Keys.EnsureAsync(Owner, CancellationToken.None);
        var other = await Keys.EnsureAsync([9], CancellationToken.None);
        await ExecuteAsync(
            "UPDATE data_keys SET wrapped = (SELECT wrapped FROM data_keys WHERE key_id = @key) WHERE key_id = @other", ("@key", key.Value), ("@other", other.Value));

        Should.Throw<CryptographicException>(() => fixture.Start().Keys.Encrypt(other, "inbound.content", "hello"));
    }

    [Fact]
    public async Task An_owner_has_one_key_however_many_ask_for_it_at_once()
    {
        var rings = new[] { Keys, fixture.Start().Keys };
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asking = Enumerable.Range(0, 16).Select(async i =>
        {
            await start.Task;
            return await rings[i % 2].EnsureAsync(Owner, CancellationToken.None);
        }).ToList();
        start.SetResult();

        var keys = await Task.WhenAll(asking);

        keys.Distinct().Count().ShouldBe(1);
        rings[1].DecryptText(keys[0], "inbound.content", rings[0].Encrypt(keys[0], "inbound.content", "hello")).ShouldBe("hello");
    }

    [Fact]
    public void A_blind_index_is_the_same_in_every_process_and_for_every_start()
    {
        var blind = Keys.Blind("phone", "5511999990000", "default");

        blind.Length.ShouldBe(16);
        Keys.Blind("phone", "5511999990000", "default").ShouldBe(blind);
        fixture.Start().Keys.Blind("phone", "5511999990000", "default").ShouldBe(blind);
    }

    [Fact]
    public void A_blind_index_tells_kinds_scopes_and_values_apart()
    {
        var blinds = new[]
        {
            Keys.Blind("phone", "5511999990000"), Keys.Blind("lid", "5511999990000"), Keys.Blind("phone", "5511999990001"),
            Keys.Blind("phone", "5511999990000", "default"), Keys.Blind("phone", "5511999990000", "second"), Keys.Blind("phone", "default", "5511999990000"),
            Keys.Blind("phonedefault", "5511999990000"), Keys.Blind("phone", "default5511999990000"),
        };

        blinds.Select(Convert.ToHexString).Distinct().Count().ShouldBe(blinds.Length);
    }

    [Fact]
    public void A_blind_index_takes_values_of_any_length()
    {
        var values = new[] { "", new string('a', 300), new string('a', 341), new string('é', 5000) };

        values.Select(value => Convert.ToHexString(Keys.Blind("kind", value))).Distinct().Count().ShouldBe(values.Length);
    }

    [Fact]
    public void Another_installation_has_other_blind_indexes()
    {
        using var other = new CoreFixture();

        other.Core.Keys.Blind("phone", "5511999990000").ShouldNotBe(Keys.Blind("phone", "5511999990000"));
    }

    [Fact]
    public async Task The_keys_database_holds_no_key_in_clear()
    {
        var maria = await fixture.Core.PersonAsync("5511999990000");

        var wrapped = fixture.Core.Get<KeysDatabase>().Database.Read(sql => sql.QueryFirst(
            "SELECT wrapped FROM data_keys WHERE key_id = @key", row => row.GetFieldValue<byte[]>(0), ("@key", maria.Key.Value))).ShouldNotBeNull();

        wrapped.Length.ShouldBe(1 + 12 + 32 + 16);
    }

    private Task ExecuteAsync(string sql, params (string Name, object? Value)[] parameters) =>
        fixture.Core.Get<KeysDatabase>().Database.WriteAsync(session => session.Execute(sql, parameters), CancellationToken.None);
}
