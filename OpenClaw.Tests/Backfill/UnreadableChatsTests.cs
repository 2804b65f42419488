using OpenClaw.Core.People;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Backfill;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Backfill;

/// <summary>Chats that WAHA lists and cannot read, over processes.</summary>
public abstract class UnreadableChatsContract : IDisposable
{
    private static readonly ChatId Alice = ChatId.Parse("5511987654321@c.us")!.Value;
    private readonly ManualTimeProvider _time = new();
    private readonly CoreFixture _core;
    private readonly UnreadableChats _chats;

    protected UnreadableChatsContract(CoreFixture core)
    {
        _core = core;
        _chats = NewProcess();
    }

    public void Dispose()
    {
        _core.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task After_a_restart_it_is_tried_again_from_where_it_was_known_last_and_told_once()
    {
        var first = _time.GetUtcNow();
        await FailAsync(first);
        await _chats.ToldAsync("default", CancellationToken.None);
        var next = NewProcess();
        await next.LoadAsync("default", CancellationToken.None);
        await next.LoadAsync("other", CancellationToken.None);

        next.IsPutOff("default", Alice).ShouldBeTrue();
        next.IsNews("default", Alice).ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(73));
        next.Due("default").ShouldBe([Alice]);
        next.Due("other").ShouldBeEmpty();
        next.SinceOf("default", Alice, first.AddHours(1)).ShouldBe(first);
        await next.ReadableAsync("default", Alice, CancellationToken.None);

        var last = NewProcess();
        await last.LoadAsync("default", CancellationToken.None);
        last.Due("default").ShouldBeEmpty();
        _core.Core.Number("SELECT COUNT(*) FROM unreadable_chats").ShouldBe(0);
    }

    [Fact]
    public async Task A_process_that_looks_after_the_session_again_knows_what_another_one_learned()
    {
        await _chats.LoadAsync("default", CancellationToken.None);
        var other = NewProcess();
        await other.FailedAsync("default", Alice, _time.GetUtcNow(), CancellationToken.None);

        _chats.Forget("default");
        await _chats.LoadAsync("default", CancellationToken.None);

        _chats.IsPutOff("default", Alice).ShouldBeTrue();
        var stored = _core.Core.Database.Read(sql => sql.Query("SELECT chat_enc FROM unreadable_chats", row => row.GetFieldValue<byte[]>(0))).ShouldHaveSingleItem();
        System.Text.Encoding.UTF8.GetString(stored).ShouldNotContain(Alice.User);
    }

    [Fact]
    public async Task A_chat_that_cannot_be_read_is_tried_ever_less_often_and_from_where_it_was_known_last()
    {
        var first = _time.GetUtcNow();
        await FailAsync(first);

        _chats.IsPutOff("default", Alice).ShouldBeTrue();
        _chats.IsPutOff("other", Alice).ShouldBeFalse("each session has its own WAHA store");
        _time.Advance(TimeSpan.FromSeconds(73));
        _chats.IsPutOff("default", Alice).ShouldBeFalse("a minute, a fifth more or less, is over");

        await FailAsync(first.AddHours(1));
        _time.Advance(TimeSpan.FromSeconds(73));
        _chats.IsPutOff("default", Alice).ShouldBeTrue("the second pause is longer");
        _chats.SinceOf("default", Alice, first.AddHours(1)).ShouldBe(first);
    }

    [Fact]
    public async Task It_is_tried_again_by_itself_and_told_once()
    {
        await FailAsync(_time.GetUtcNow());
        _chats.IsNews("default", Alice).ShouldBeTrue();
        _chats.Due("default").ShouldBeEmpty();
        await _chats.ToldAsync("default", CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(73));
        _chats.Due("default").ShouldBe([Alice]);
        _chats.Due("other").ShouldBeEmpty();
        await FailAsync(_time.GetUtcNow());

        _chats.IsNews("default", Alice).ShouldBeFalse("its gap is recorded");
        _chats.Due("default").ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_can_be_read_again_is_like_any_other()
    {
        await FailAsync(_time.GetUtcNow());
        await _chats.ReadableAsync("default", Alice, CancellationToken.None);

        _chats.IsPutOff("default", Alice).ShouldBeFalse();
        _chats.SinceOf("default", Alice, _time.GetUtcNow().AddHours(1)).ShouldBe(_time.GetUtcNow().AddHours(1));
    }

    [Fact]
    public async Task It_is_kept_under_the_key_of_its_person_or_group_also_when_nobody_knows_them_yet()
    {
        var maria = await _core.Core.PersonAsync("5511999990000");
        foreach (var chat in new[] { "5511999990000@c.us", Alice.ToString(), "111222333@lid", "120363000000000001@g.us" })
        {
            await _chats.FailedAsync("default", ChatId.Parse(chat)!.Value, _time.GetUtcNow(), CancellationToken.None);
            await _chats.FailedAsync("other", ChatId.Parse(chat)!.Value, _time.GetUtcNow(), CancellationToken.None);
        }

        _core.Core.Number("SELECT COUNT(*) FROM people").ShouldBe(1, "a chat that could not be read makes nobody known");
        var alice = await _core.Core.PersonAsync(Alice.User);
        var hidden = await _core.Core.People.EnsureAsync(new SenderIdentity(null, "111222333"), "pt-BR", "America/Sao_Paulo", CancellationToken.None);
        var lane = await _core.Core.Lanes.EnsureGroupAsync("default", "120363000000000001", "120363000000000001@g.us", CancellationToken.None);
        var group = _core.Core.Number("SELECT key_id FROM lanes WHERE lane_id = @lane", ("@lane", lane.Value));
        foreach (var key in new[] { maria.Key.Value, alice.Key.Value, hidden.Key.Value, group })
            _core.Core.Number("SELECT COUNT(*) FROM unreadable_chats WHERE key_id = @key", ("@key", key)).ShouldBe(2);
    }

    [Fact]
    public async Task One_that_an_earlier_version_kept_under_the_system_key_gets_its_own_and_nothing_is_forgotten()
    {
        var since = _time.GetUtcNow();
        await FailAsync(since);
        await _chats.ToldAsync("default", CancellationToken.None);
        var keys = _core.Core.Keys;
        await _core.Core.ExecuteAsync(
            "UPDATE unreadable_chats SET key_id = @key, chat_enc = @chat",
            ("@key", keys.System.Value), ("@chat", keys.Encrypt(keys.System, "unreadable_chats.chat", Alice.ToString())));

        for (var i = 0; i < 2; i++)
        {
            var next = NewProcess();
            await next.LoadAsync("default", CancellationToken.None);
            (next.IsPutOff("default", Alice), next.IsNews("default", Alice), next.SinceOf("default", Alice, since.AddHours(1))).ShouldBe((true, false, since));
        }

        var alice = await _core.Core.PersonAsync(Alice.User);
        _core.Core.Number("SELECT key_id FROM unreadable_chats").ShouldBe(alice.Key.Value);
    }

    [Fact]
    public async Task Of_somebody_who_was_erased_it_tells_nothing_and_a_new_one_is_kept_under_a_new_key()
    {
        await FailAsync(_time.GetUtcNow());
        await _core.Core.Get<KeysDatabase>().Database.WriteAsync(
            sql => sql.Execute("UPDATE data_keys SET destroyed_at = 1, wrapped = @gone WHERE owner = @owner", ("@gone", Array.Empty<byte>()), ("@owner", _core.Core.People.PhoneBlind(Alice.User))),
            CancellationToken.None);
        using var later = _core.Start();
        var next = new UnreadableChats(later.Get<UnreadableChatStore>(), _time, new Random(7));

        await next.LoadAsync("default", CancellationToken.None);
        next.IsPutOff("default", Alice).ShouldBeFalse();
        await next.FailedAsync("default", Alice, _time.GetUtcNow(), CancellationToken.None);

        var last = new UnreadableChats(later.Get<UnreadableChatStore>(), _time, new Random(7));
        await last.LoadAsync("default", CancellationToken.None);
        last.IsPutOff("default", Alice).ShouldBeTrue();
    }

    [Fact]
    public async Task Of_a_session_that_is_not_served_any_more_it_is_forgotten_with_those_of_the_others()
    {
        await _chats.FailedAsync("gone", Alice, _time.GetUtcNow(), CancellationToken.None);
        _time.Advance(HistoryComparison.Reach + TimeSpan.FromHours(1));

        await NewProcess().LoadAsync("default", CancellationToken.None);

        _core.Core.Number("SELECT COUNT(*) FROM unreadable_chats").ShouldBe(0);
    }

    private Task FailAsync(DateTimeOffset since) => _chats.FailedAsync("default", Alice, since, CancellationToken.None);

    private UnreadableChats NewProcess() => new(_core.Core.Get<UnreadableChatStore>(), _time, new Random(7));
}

public sealed class SqliteUnreadableChatsTests() : UnreadableChatsContract(new CoreFixture());

public sealed class PostgresUnreadableChatsTests() : UnreadableChatsContract(new CoreFixture(Store.Postgres));
