using System.Globalization;
using System.Net;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>A real process under load, killed three times at three different steps.</summary>
public sealed class KilledGatewayTests : IAsyncLifetime, IDisposable
{
    private const int Chats = 20;
    private const int MessagesEach = 15;
    private const int Burst = 3;

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(3));
    private FakeWaha _waha = null!;
    private ScriptedModel _model = null!;
    private GatewayProcess _gateway = null!;

    public async Task InitializeAsync()
    {
        _waha = await FakeWaha.StartAsync();
        _model = await ScriptedModel.StartAsync();
        _gateway = GatewayProcess.With(
        [
            .. ProcessSettings.Answering(_waha, _model), ("Turns__StartGrace", "00:00:01"), ("Delivery__Quarantine", "00:00:03"),
        ]);
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _model.DisposeAsync();
        await _waha.DisposeAsync();
    }

    public void Dispose() => _patience.Dispose();

    [Fact]
    public async Task Three_kills_under_load_lose_nothing_answer_nothing_twice_and_keep_the_order()
    {
        await _gateway.StartAsync();
        var accepted = new Milestone(Chats * MessagesEach * 3 / 4);
        var sent = new Milestone(Chats * MessagesEach / 8);
        var asked = new Milestone(Chats * MessagesEach / 3);
        _waha.OnSend = _ =>
        {
            sent.Count();
            return FakeWahaFault.None;
        };
        _model.OnRequest = _ =>
        {
            asked.Count();
            return null;
        };

        var killing = KillAtAsync(sent, asked, accepted);
        await Task.WhenAll(Enumerable.Range(0, Chats).Select(chat => WriteAsync(chat, accepted)));
        await killing;
        await SettledAsync();

        var answered = _waha.Delivered.GroupBy(bubble => bubble.ChatId, StringComparer.Ordinal)
            .ToDictionary(chat => chat.Key, chat => chat.SelectMany(bubble => bubble.Text.Split('\n')).ToList(), StringComparer.Ordinal);
        answered.Count.ShouldBe(Chats);
        for (var chat = 0; chat < Chats; chat++)
            answered[ChatOf(chat)].ShouldBe(Enumerable.Range(0, MessagesEach).Select(i => TextOf(chat, i)), $"chat {chat}; the end of the log:\n{_gateway.EndOfLog()}");
    }

    private async Task KillAtAsync(params Milestone[] milestones)
    {
        foreach (var milestone in milestones)
        {
            await milestone.Reached.WaitAsync(_patience.Token);
            await _gateway.KillAsync();
            await _gateway.StartAsync();
        }
    }

    /// <summary>A person writes a few messages in a row, reads the answers, writes on.</summary>
    private async Task WriteAsync(int chat, Milestone accepted)
    {
        using var http = new HttpClient();
        for (var i = 0; i < MessagesEach; i++)
        {
            var webhook = WahaWebhook.Text(TextOf(chat, i), ChatOf(chat));
            while (!await IsTakenAsync(http, webhook))
                await _gateway.WhenUp.WaitAsync(_patience.Token);
            accepted.Count();
            if ((i + 1) % Burst == 0)
                await AnsweredAsync(chat, i);
        }
    }

    private async Task<bool> IsTakenAsync(HttpClient http, WahaWebhook webhook)
    {
        try
        {
            using var response = await webhook.PostAsync(http, new Uri(_gateway.Root, "webhooks/waha"), ProcessSettings.HmacKey);
            response.StatusCode.ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.ServiceUnavailable);
            return response.StatusCode == HttpStatusCode.Accepted;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task AnsweredAsync(int chat, int message)
    {
        var text = TextOf(chat, message);
        try
        {
            await _waha.WaitForBubblesAsync(
                bubbles => bubbles.Any(bubble => bubble.ChatId == ChatOf(chat) && bubble.Text.Split('\n').Contains(text, StringComparer.Ordinal)), _patience.Token);
        }
        catch (OperationCanceledException error)
        {
            throw new TimeoutException($"Nobody answered message {message} of chat {chat}. The end of the log:\n{_gateway.EndOfLog()}", error);
        }
    }

    /// <summary>Nothing waits any more in the database, so nothing can be sent any more.</summary>
    private async Task SettledAsync()
    {
        using var database = new SqliteDatabase($"Data Source={_gateway.DatabaseFile}");
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (database.Read(sql => sql.QueryFirst(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE state <> 'accepted') + (SELECT COUNT(*) FROM inbound WHERE state NOT IN ('sent', 'delivered'))",
            row => row.GetInt64(0))) > 0)
        {
            await poll.WaitForNextTickAsync(_patience.Token);
        }
    }

    private static string ChatOf(int chat) => string.Create(CultureInfo.InvariantCulture, $"55119800000{chat:D2}@c.us");

    private static string TextOf(int chat, int message) => string.Create(CultureInfo.InvariantCulture, $"chat {chat} message {message}");

    /// <summary>Completes at the n-th count.</summary>
    private sealed class Milestone(int target)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _count;

        public Task Reached => _reached.Task;

        public void Count()
        {
            if (Interlocked.Increment(ref _count) == target)
                _reached.SetResult();
        }
    }
}
