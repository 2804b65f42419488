using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Backfill;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Backfill;

public sealed class UnreadableChatsTests
{
    private static readonly ChatId Alice = ChatId.Parse("5511987654321@c.us")!.Value;
    private readonly ManualTimeProvider _time = new();
    private readonly UnreadableChats _chats;

    public UnreadableChatsTests() => _chats = new UnreadableChats(_time, new Random(7));

    [Fact]
    public void A_chat_that_cannot_be_read_is_tried_ever_less_often_and_from_where_it_was_known_last()
    {
        var first = _time.GetUtcNow();
        _chats.Failed("default", Alice, first);

        _chats.IsPutOff("default", Alice).ShouldBeTrue();
        _chats.IsPutOff("other", Alice).ShouldBeFalse("each session has its own WAHA store");
        _time.Advance(TimeSpan.FromSeconds(73));
        _chats.IsPutOff("default", Alice).ShouldBeFalse("a minute, a fifth more or less, is over");

        _chats.Failed("default", Alice, first.AddHours(1));
        _time.Advance(TimeSpan.FromSeconds(73));
        _chats.IsPutOff("default", Alice).ShouldBeTrue("the second pause is longer");
        _chats.SinceOf("default", Alice, first.AddHours(1)).ShouldBe(first);
    }

    [Fact]
    public void It_is_tried_again_by_itself_and_told_once()
    {
        _chats.Failed("default", Alice, _time.GetUtcNow());
        _chats.IsNews("default", Alice).ShouldBeTrue();
        _chats.Due("default").ShouldBeEmpty();
        _chats.Told("default");

        _time.Advance(TimeSpan.FromSeconds(73));
        _chats.Due("default").ShouldBe([Alice]);
        _chats.Due("other").ShouldBeEmpty();
        _chats.Failed("default", Alice, _time.GetUtcNow());

        _chats.IsNews("default", Alice).ShouldBeFalse("its gap is recorded");
        _chats.Due("default").ShouldBeEmpty();
    }

    [Fact]
    public void One_that_can_be_read_again_is_like_any_other()
    {
        _chats.Failed("default", Alice, _time.GetUtcNow());
        _chats.Readable("default", Alice);

        _chats.IsPutOff("default", Alice).ShouldBeFalse();
        _chats.SinceOf("default", Alice, _time.GetUtcNow().AddHours(1)).ShouldBe(_time.GetUtcNow().AddHours(1));
    }
}
