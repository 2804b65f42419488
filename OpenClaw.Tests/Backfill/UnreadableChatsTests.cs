using OpenClaw.Core.Queue.History;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Backfill;
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

    private Task FailAsync(DateTimeOffset since) => _chats.FailedAsync("default", Alice, since, CancellationToken.None);

    private UnreadableChats NewProcess() => new(_core.Core.Get<UnreadableChatStore>(), _time, new Random(7));
}

public sealed class SqliteUnreadableChatsTests() : UnreadableChatsContract(new CoreFixture());

public sealed class PostgresUnreadableChatsTests() : UnreadableChatsContract(new CoreFixture(Store.Postgres));
