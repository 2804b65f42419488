using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>
/// Everything that goes wrong between us, WAHA and the model, on a fifth of the calls: each message is answered once and in order, or somebody
/// was told that it was not.
/// </summary>
public abstract partial class FaultMatrixJourney(Setup setup) : Journey(setup)
{
    private const int MessagesPerChat = 5;

    private static readonly (string, string?)[] Quick =
    [
        ("Delivery__SendTimeout", "00:00:01"), ("Delivery__Quarantine", "00:00:00"), ("Ai__Main__TokenTimeout", "00:00:02"),
        ("Resilience__Waha__BreakDuration", "00:00:00.2"), ("Resilience__Waha__LongestBreak", "00:00:00.5"),
        ("Resilience__Model__BreakDuration", "00:00:00.2"), ("Resilience__Model__LongestBreak", "00:00:00.5"),
    ];

    private static readonly FakeWahaFault[] SendFaults =
    [
        FakeWahaFault.None, FakeWahaFault.Refuse500BeforeDelivery, FakeWahaFault.DeliveredBut500, FakeWahaFault.DeliveredButCut, FakeWahaFault.NotDeliveredAndCut,
        FakeWahaFault.TooManyRequests, FakeWahaFault.Unavailable503, FakeWahaFault.HangThenDeliver, FakeWahaFault.DeliverThenHang,
        FakeWahaFault.BlockedThen422,
    ];

    private static readonly Func<string, ScriptedReply>[] ModelFaults =
    [
        _ => ScriptedReply.Echo(), _ => ScriptedReply.Status(500), _ => ScriptedReply.Status(429, retryAfter: 1), _ => ScriptedReply.Malformed(), _ => ScriptedReply.Cut("meia res"),
        _ => ScriptedReply.Empty(), Slow, _ => ScriptedReply.Hang("meia res"),
    ];

    public static TheoryData<string> Outages => new("waha refuses", "session FAILED", "session STARTING", "model refuses");

    [Fact]
    public async Task Whatever_goes_wrong_with_a_fifth_of_the_sends_each_message_is_answered_once_in_order()
    {
        await using var app = await StartAsync(Quick);
        var calls = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        app.Waha.OnSend = call => calls.AddOrUpdate(call.ChatId, 1, (_, count) => count + 1) % 5 == 2 ? SendFaults[IndexOf(call.ChatId)] : FakeWahaFault.None;

        await SendAllAsync(app, SendFaults.Length, firstAlone: true);

        await ShouldBeAnsweredAsync(app, SendFaults.Length, mayGiveUp: false);
        calls.Count.ShouldBe(SendFaults.Length);
        calls.Values.ShouldAllBe(count => count >= 2, "the second call of a chat is the one that fails");
    }

    [Fact]
    public async Task Whatever_goes_wrong_with_a_fifth_of_the_models_calls_each_message_is_answered_once_in_order()
    {
        await using var app = await StartAsync(Quick);
        var calls = new ConcurrentDictionary<int, int>();
        app.Model.OnRequest = request =>
        {
            var chat = int.Parse(Asked().Match(string.Join('\n', request.TurnTexts)).Groups["chat"].Value, CultureInfo.InvariantCulture);
            return calls.AddOrUpdate(chat, 1, (_, count) => count + 1) % 5 == 2 ? ModelFaults[chat](string.Join('\n', request.TurnTexts)) : null;
        };

        await SendAllAsync(app, ModelFaults.Length, firstAlone: true);

        await ShouldBeAnsweredAsync(app, ModelFaults.Length, mayGiveUp: false);
        calls.Count.ShouldBe(ModelFaults.Length);
        calls.Values.ShouldAllBe(count => count >= 2, "the second call of a chat is the one that fails");
    }

    [Fact]
    public async Task While_the_send_of_one_chat_hangs_another_is_answered()
    {
        await using var app = await StartAsync();
        var mended = false;
        app.Waha.OnSend = call => call.ChatId == ChatOf(0) && !Volatile.Read(ref mended) ? FakeWahaFault.HangThenDeliver : FakeWahaFault.None;
        await app.SendAsync(WahaWebhook.Text("c0 m0", ChatOf(0)));
        await app.WaitUntilAsync(() => app.Waha.Calls.OfType<SendTextCall>().Any());

        for (var number = 0; number < MessagesPerChat; number++)
        {
            await app.SendAsync(WahaWebhook.Text($"c1 m{number}", ChatOf(1)));
            await app.WaitForBubblesAsync(number + 1);
        }

        app.Waha.Delivered.Select(bubble => bubble.ChatId).ShouldAllBe(chat => chat == ChatOf(1), "the other chat's send still hangs");
        Volatile.Write(ref mended, value: true);
        app.Waha.Release();
        await app.WaitUntilAsync(() => app.Waha.Delivered.Any(bubble => bubble.ChatId == ChatOf(0)));
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task After_an_outage_for_everybody_each_message_is_answered_once_in_order(string outage)
    {
        const int Chats = 6;
        await using var model = await ScriptedModel.StartAsync();
        await using var wire = new CutWire(new Uri(model.Endpoint).Port);
        await using var app = await StartAsync(
            [.. Quick, ("Ai__Main__Endpoint", $"http://{wire.ConnectionString}/v1"), ("Resilience__Waha__MinimumThroughput", "2"), ("Resilience__Model__MinimumThroughput", "2")]);
        await app.SendAsync(WahaWebhook.Text("antes", ChatOf(99)));
        await app.WaitForBubblesAsync(1);

        await BeginAsync(outage, app, wire);
        await SendAllAsync(app, Chats, firstAlone: false);
        await app.WaitUntilAsync(() => app.Logs.ToString().Contains(" does not answer", StringComparison.Ordinal));
        await EndAsync(outage, app, wire);

        await ShouldBeAnsweredAsync(app, Chats, mayGiveUp: true);
    }

    private static async Task BeginAsync(string outage, OpenClawApp app, CutWire wire)
    {
        switch (outage)
        {
            case "waha refuses":
                await app.Waha.StopAsync();
                break;
            case "model refuses":
                wire.Cut();
                break;
            default:
                app.Waha.BlockFor = TimeSpan.FromMilliseconds(200);
                app.Waha.Sessions["default"] = outage.Split(' ')[1];
                break;
        }
    }

    private static async Task EndAsync(string outage, OpenClawApp app, CutWire wire)
    {
        if (outage == "waha refuses")
            await app.Waha.RestartAsync();
        wire.Mend();
        app.Waha.Sessions["default"] = "WORKING";
    }

    /// <param name="app">The system.</param>
    /// <param name="chats">How many write.</param>
    /// <param name="firstAlone">The first message of each chat is answered before the second is written, so that no chat gets along with one call.</param>
    private static async Task SendAllAsync(OpenClawApp app, int chats, bool firstAlone)
    {
        for (var number = 0; number < MessagesPerChat; number++)
        {
            foreach (var chat in Enumerable.Range(0, chats))
                (await app.SendAsync(WahaWebhook.Text($"c{chat} m{number}", ChatOf(chat)))).Outcome.ShouldBe("accepted");
            if (firstAlone && number == 0)
                await app.WaitUntilSettledAsync();
        }
    }

    /// <summary>In no chat is a message answered twice or after a later one; what is not answered was given up itself, with one apology each at most.</summary>
    private static async Task ShouldBeAnsweredAsync(OpenClawApp app, int chats, bool mayGiveUp)
    {
        await app.WaitUntilSettledAsync();
        var states = app.InboundStates().TakeLast(chats * MessagesPerChat).ToList(); // as they were sent: the first of every chat, then the second of every chat
        foreach (var chat in Enumerable.Range(0, chats))
        {
            var bubbles = app.Waha.Delivered.Where(bubble => bubble.ChatId == ChatOf(chat)).Select(bubble => bubble.Text).ToList();
            var answered = bubbles.SelectMany(text => Asked().Matches(text)).Select(match => int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)).ToList();
            answered.ShouldBe([.. answered.Distinct().Order()], $"chat {chat}");

            var dead = Enumerable.Range(0, MessagesPerChat).Where(number => states[(number * chats) + chat].StartsWith("dead/", StringComparison.Ordinal)).ToList();
            answered.Union(dead).Count().ShouldBe(MessagesPerChat, $"chat {chat}: {string.Join(' ', states.Distinct())}");
            bubbles.Count(text => !Asked().IsMatch(text)).ShouldBeLessThanOrEqualTo(dead.Count, $"chat {chat}");
            if (!mayGiveUp)
                dead.ShouldBeEmpty($"chat {chat}: {string.Join(' ', states.Distinct())}");
        }

        app.Query("SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'sending')", row => row.GetInt64(0)).ShouldBe([0]);
    }

    /// <summary>A second for each piece, as of a model on a small machine.</summary>
    private static ScriptedReply Slow(string text) =>
        ScriptedReply.Text([.. text.Split(' ').Select((word, index) => index == 0 ? word : " " + word)]) with
        {
            BeforeEvent = (_, cancellationToken) => Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, cancellationToken),
        };

    private static string ChatOf(int chat) => $"551198700{chat:D4}@c.us";

    private static int IndexOf(string chatId) => int.Parse(chatId.AsSpan(9, 4), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"c(?<chat>\d+) m(?<number>\d+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Asked();
}

public sealed class AllInOneFaultMatrixJourney() : FaultMatrixJourney(Setup.AllInOne);

public sealed class SplitSqliteFaultMatrixJourney() : FaultMatrixJourney(Setup.SplitSqlite);

public sealed class SplitPostgresFaultMatrixJourney() : FaultMatrixJourney(Setup.SplitPostgres);
