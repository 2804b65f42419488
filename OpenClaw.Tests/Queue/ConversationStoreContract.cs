using OpenClaw.Core.Queue;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

public abstract class ConversationStoreContract(CoreFixture fixture) : TurnContract(fixture)
{
    [Fact]
    public async Task A_late_message_stands_where_it_belongs_in_the_history()
    {
        var work = await AnswerAsync("now", "answer to now", order: 0);
        await AnswerAsync("a minute ago", "answer to a minute ago", order: -60);
        await AnswerAsync("later", "answer to later", order: 5);

        (await Core.Conversations.LoadAsync(work.Chat, 1000, CancellationToken.None)).Select(entry => entry.Text).ShouldBe(
            ["a minute ago", "answer to a minute ago", "now", "answer to now", "later", "answer to later"]);
    }

    [Fact]
    public async Task The_oldest_entries_fall_out_of_the_budget_and_no_answer_stands_without_its_question()
    {
        var work = await AnswerAsync("first", "first answer", order: 0);
        await AnswerAsync("second", "second answer", order: 1);
        var (user, assistant) = (TokenEstimate.Of("second"), TokenEstimate.Of("second answer"));

        (await LoadAsync(user + assistant)).ShouldBe(["user:second", "assistant:second answer"]);
        (await LoadAsync(user + assistant + TokenEstimate.Of("first answer"))).ShouldBe(["user:second", "assistant:second answer"]);
        (await LoadAsync(assistant)).ShouldBeEmpty();
        (await LoadAsync(0)).ShouldBeEmpty();
        (await LoadAsync(10_000)).Count.ShouldBe(4);

        async Task<List<string>> LoadAsync(int budget) => [.. (await Core.Conversations.LoadAsync(work.Chat, budget, CancellationToken.None)).Select(entry => entry.Role + ":" + entry.Text)];
    }

    [Fact]
    public async Task Chats_do_not_see_each_other()
    {
        var work = await AnswerAsync("secret", "answer", order: 0);
        var other = await ReceiveAsync("hello", person: await Core.PersonAsync("5511900000002"));

        (await Core.Conversations.LoadAsync((await BeginAsync(other)).Chat, 1000, CancellationToken.None)).ShouldBeEmpty();
        (await Core.Conversations.LoadAsync(work.Chat, 1000, CancellationToken.None)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task What_an_erased_key_protected_is_left_out()
    {
        var work = await AnswerAsync("secret", "answer", order: 0);
        await Core.Get<Core.Storage.KeysDatabase>().Database.WriteAsync(
            sql => sql.Execute("UPDATE data_keys SET destroyed_at = 1, wrapped = @gone WHERE key_id = @key", ("@gone", Array.Empty<byte>()), ("@key", work.Chat.Key.Value)), CancellationToken.None);
        using var restarted = Fixture.Start();

        (await restarted.Conversations.LoadAsync(work.Chat, 1000, CancellationToken.None)).ShouldBeEmpty();
    }

    private async Task<LaneWork> AnswerAsync(string text, string answer, double order)
    {
        var work = await BeginAsync(await ReceiveAsync(text, order));
        var reply = Reply(answer) with { UserText = text };
        await AcceptAsync(work, (await Core.Settlement.CompleteAsync(work, reply, CancellationToken.None)).Single(), null);
        return work;
    }
}
