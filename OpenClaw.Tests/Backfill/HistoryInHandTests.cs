using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Backfill;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Backfill;

/// <summary>Looks at a session one by one: what is left to whoever took it over, and what is told of chats that could be read late.</summary>
public sealed class HistoryInHandTests
{
    private static readonly string[] Chats = ["5511987654321@c.us", "5521912345678@c.us", "5531955554444@c.us"];

    [Fact]
    public async Task One_that_loses_the_session_on_the_way_tells_no_gap_and_moves_no_mark()
    {
        await using var app = await OpenClawApp.StartAsync(Off);
        var mark = await MarkAsync(app, TimeSpan.FromHours(13));
        foreach (var chat in Chats)
            app.Waha.Phone.Add("default", chat, "perdida");
        var session = SessionOf(app);

        await session.LookAsync(LeadsFor(1), app.Timeout);

        app.Waha.Calls.OfType<ReadChatCall>().Count().ShouldBe(1);
        app.Service<HistoryGaps>().Newest(10).ShouldBeEmpty();
        app.Service<HistoryMarks>().All().ShouldBe([mark]);

        await session.LookAsync(LeadsFor(100), app.Timeout);
        app.Service<HistoryMarks>().All().Single().CompleteTo.ShouldBeGreaterThan(mark.CompleteTo.AddHours(12));
        app.InboundStates().Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_look_reads_no_further_chat_once_another_process_has_the_session()
    {
        await using var app = await OpenClawApp.StartAsync(Off);
        var session = SessionOf(app);
        await session.LookAsync(LeadsFor(0), app.Timeout);
        foreach (var chat in Chats)
            app.Waha.Phone.Add("default", chat, "perdida", at: TimeProvider.System.GetUtcNow().AddSeconds(-20));

        await session.LookAsync(LeadsFor(1), app.Timeout);

        app.Waha.Calls.OfType<ReadChatCall>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Chats_that_are_to_be_tried_again_are_left_to_whoever_took_over()
    {
        await using var app = await OpenClawApp.StartAsync(Off);
        foreach (var chat in Chats)
            await UnreadableSinceAsync(app, chat, TimeSpan.FromHours(2));

        (await RetryAsync(app, LeadsFor(1))).ShouldBe(ComparisonEnd.TakenOver);

        app.Waha.Calls.OfType<ReadChatCall>().Count().ShouldBe(1);
        app.Query("SELECT COUNT(*) FROM unreadable_chats", row => row.GetInt64(0)).ShouldBe([2]);
        (await RetryAsync(app, LeadsFor(2))).ShouldBe(ComparisonEnd.Done);
        app.Query("SELECT COUNT(*) FROM unreadable_chats", row => row.GetInt64(0)).ShouldBe([0]);
    }

    [Fact]
    public async Task What_a_chat_that_is_read_late_has_too_much_of_is_told_before_the_chat_is_like_any_other()
    {
        await using var app = await OpenClawApp.StartAsync([.. Off, ("Backfill__MaxMessagesPerChat", "2")]);
        var since = await FillAsync(app, Chats[0], 3);
        // As if the process died right after it told the gap.
        await ExecuteAsync(app, "CREATE TRIGGER dies BEFORE DELETE ON unreadable_chats BEGIN SELECT RAISE(ABORT, 'killed'); END");
        await Should.ThrowAsync<Exception>(() => RetryAsync(app, LeadsFor(9)));
        var told = app.Service<HistoryGaps>().Newest(10).ShouldHaveSingleItem();
        (told.Reason, told.From, told.Chats).ShouldBe(("too_many_messages", since, 1));

        await ExecuteAsync(app, "DROP TRIGGER dies");
        (await RetryAsync(app, LeadsFor(9))).ShouldBe(ComparisonEnd.Done);

        app.Service<HistoryGaps>().Newest(10).ShouldHaveSingleItem().From.ShouldBe(since);
        app.Query("SELECT COUNT(*) FROM unreadable_chats", row => row.GetInt64(0)).ShouldBe([0]);
    }

    [Fact]
    public async Task A_comparison_that_reads_such_a_chat_tells_its_gap_from_where_it_was_known_last()
    {
        await using var app = await OpenClawApp.StartAsync([.. Off, ("Backfill__MaxMessagesPerChat", "2")]);
        var since = await FillAsync(app, Chats[0], 3);
        var mark = await MarkAsync(app, TimeSpan.FromMinutes(10));

        var result = await app.Service<HistoryComparison>().RunAsync(Source, mark, TimeProvider.System.GetUtcNow(), LeadsFor(9), app.Timeout);

        result.End.ShouldBe(ComparisonEnd.Done);
        app.Service<HistoryGaps>().Newest(10).ShouldHaveSingleItem().From.ShouldBe(since);
    }

    [Fact]
    public async Task What_cannot_be_stored_of_such_a_chat_is_a_gap()
    {
        await using var app = await OpenClawApp.StartAsync(Off);
        var since = await FillAsync(app, Chats[0], 1);
        await ExecuteAsync(app, "CREATE TRIGGER refuses BEFORE INSERT ON inbound BEGIN SELECT RAISE(ABORT, 'refused'); END");

        (await RetryAsync(app, LeadsFor(9))).ShouldBe(ComparisonEnd.Done);

        var gap = app.Service<HistoryGaps>().Newest(10).ShouldHaveSingleItem();
        (gap.Reason, gap.From, gap.Chats).ShouldBe(("chat_unreadable", since, 1));
    }

    /// <summary>Nobody looks but the test.</summary>
    private static (string Key, string? Value)[] Off => [("Backfill__Enabled", "false")];

    private static HistorySource Source => new("default", null, "NOWEB");

    private static SessionHistory SessionOf(OpenClawApp app) => new(
        "default", app.Service<IOptions<BackfillOptions>>().Value, app.Service<WahaClient>(), app.Service<HistoryComparison>(), app.Service<HistoryMarks>(),
        app.Service<HeardMessages>(), app.Service<BackfillBoard>(), app.Service<BackfillMetrics>(), TimeProvider.System, new Random(7), NullLogger.Instance);

    /// <summary>Another process takes over after so many chats.</summary>
    private static Func<CancellationToken, Task<bool>> LeadsFor(int chats) => _ => Task.FromResult(chats-- > 0);

    private static Task<HistoryMark> MarkAsync(OpenClawApp app, TimeSpan ago) =>
        app.Service<HistoryMarks>().EnsureAsync("default", UnixMicroseconds.FromUnixTimeMicroseconds((TimeProvider.System.GetUtcNow() - ago).ToUnixTimeMicroseconds()), app.Timeout);

    private static Task<ComparisonEnd> RetryAsync(OpenClawApp app, Func<CancellationToken, Task<bool>> stillLeads) =>
        app.Service<HistoryComparison>().RetryUnreadableAsync(Source, TimeProvider.System.GetUtcNow().AddMinutes(-1), stillLeads, app.Timeout);

    /// <summary>A chat with messages of the last hour that could not be read for two.</summary>
    private static async Task<DateTimeOffset> FillAsync(OpenClawApp app, string chat, int messages)
    {
        for (var i = messages; i > 0; i--)
            app.Waha.Phone.Add("default", chat, $"mensagem {i}", at: TimeProvider.System.GetUtcNow().AddMinutes(-i));
        return await UnreadableSinceAsync(app, chat, TimeSpan.FromHours(2));
    }

    private static async Task<DateTimeOffset> UnreadableSinceAsync(OpenClawApp app, string chat, TimeSpan ago)
    {
        var now = UnixMicroseconds.FromUnixTimeMicroseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMicroseconds());
        await app.Service<UnreadableChatStore>().SaveAsync("default", new UnreadableChat(ChatId.Parse(chat)!.Value, now - ago, now, IsTold: true), app.Timeout);
        return now - ago;
    }

    private static Task ExecuteAsync(OpenClawApp app, string sql) => app.Service<IDatabase>().WriteAsync(session => session.Execute(sql), app.Timeout);
}
