using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.Queue;
using OpenClaw.Gateway.Simulator.Faults;
using OpenClaw.Gateway.Simulator.Waha;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Models;

namespace OpenClaw.Tests.Simulator;

/// <summary>Each fault of the panel against the whole product: what the chat tells, what really happened, and that it is answered once.</summary>
public sealed class FaultPanelTests
{
    [Fact]
    public async Task Duplicate_webhook_is_told_and_answered_once()
    {
        await using var app = await SimulatorApp.StartAsync();
        await using var phone = await app.LookAsync("ana");
        await app.SayAsync("ana", "que horas são?");
        await phone.NextAsync("message", message => !message.GetProperty("mine").GetBoolean());

        await app.PressAsync("ana", "duplicate");

        var told = await phone.NoticeAsync("duplicate.seen");
        told.GetProperty("values").GetProperty("status").GetString().ShouldBe("202");
        Tries(phone).ShouldBe(["202 accepted", "202 duplicate"]);
        await AnswersNextAsync(app, phone);
        app.Answers("ana").Count.ShouldBe(2);
        app.Bubbles.ShouldBe(2);
    }

    [Fact]
    public async Task Message_from_a_hidden_id_belongs_to_the_same_conversation()
    {
        await using var app = await SimulatorApp.StartAsync();
        await using var phone = await app.LookAsync("ana");

        await app.PressAsync("ana", "lid");
        await phone.NoticeAsync("lid.known");
        await phone.NoticeAsync("answered.once");
        await app.SayAsync("ana", "ajuda");
        await phone.NextAsync("message", message => !message.GetProperty("mine").GetBoolean());
        await app.PressAsync("ana", "lid");
        var told = await phone.NoticeAsync("lid.same");
        await phone.NoticeAsync("answered.once");

        told.GetProperty("values").GetProperty("name").GetString().ShouldBe("Ana");
        app.Answers("ana").Select(answer => answer.Place.ChatId).ShouldBe(["100000000000001@lid", "5511988880001@c.us", "100000000000001@lid"]);
        app.Query("SELECT COUNT(*) FROM lanes", row => row.GetInt64(0)).ShouldBe([1]);
        app.Bubbles.ShouldBe(3);
    }

    [Fact]
    public async Task Group_message_is_answered_in_the_group_when_it_calls_the_bot_and_only_then()
    {
        await using var app = await SimulatorApp.StartAsync();
        await using var phone = await app.LookAsync("group");

        await app.PressAsync("bob", "group-aside");
        await phone.NoticeAsync("group.ignored");
        await app.PressAsync("bob", "group");
        await phone.NoticeAsync("group.taken");
        await phone.NoticeAsync("answered.once");

        app.Answers("group").ShouldHaveSingleItem().Place.ChatId.ShouldEndWith("@g.us");
        app.Answers("ana").ShouldBeEmpty();
        app.Answers("bob").ShouldBeEmpty();
        Tries(phone).ShouldBe(["202 ignored", "202 accepted"]);
        app.Query("SELECT state || COALESCE('/' || reason, '') FROM inbound ORDER BY inbound_id", row => row.GetString(0))[0].ShouldBe("ignored/not_addressed");
    }

    [Fact]
    public async Task While_the_link_is_down_the_answer_waits_and_then_goes_out_once()
    {
        await using var app = await SimulatorApp.StartAsync();
        await using var phone = await app.LookAsync("ana");

        await app.PressAsync("ana", "link");
        await phone.NoticeAsync("link.on");
        await phone.NoticeAsync("send.refused");
        app.Answers("ana").ShouldBeEmpty();
        app.Query("SELECT state FROM outbox", row => row.GetString(0)).Single().ShouldBeOneOf("queued", "sending");
        await Eventually.TrueAsync(() => SessionState(app) == "FAILED", Patience());
        await app.PressAsync("ana", "link", on: false);
        await phone.NoticeAsync("link.off");
        var told = await phone.NoticeAsync("answered.once");

        told.GetProperty("values").GetProperty("attempts").GetString().ShouldBe("1");
        app.Answers("ana").ShouldHaveSingleItem();
        app.Bubbles.ShouldBe(1);
        await Eventually.TrueAsync(() => SessionState(app) == "WORKING", Patience());
    }

    [Fact]
    public async Task Link_comes_back_by_itself()
    {
        await using var app = await SimulatorApp.StartAsync(SimulatorApp.Lasting with { Link = TimeSpan.FromMilliseconds(300) });
        await using var phone = await app.LookAsync("bob");

        await app.PressAsync("bob", "link");

        (await phone.NextAsync("faults")).GetProperty("on").EnumerateArray().Select(name => name.GetString()).ShouldBe(["link"]);
        (await phone.NextAsync("faults")).GetProperty("on").GetArrayLength().ShouldBe(0);
        await phone.NoticeAsync("answered.once");
        app.Answers("bob").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Breaker_that_opens_over_a_dead_link_is_told()
    {
        await using var app = await SimulatorApp.StartAsync(
            null, ("Resilience__Waha__MinimumThroughput", "2"), ("Resilience__Waha__BreakDuration", "00:00:00.5"), ("Resilience__Waha__LongestBreak", "00:00:01"));
        await using var phone = await app.LookAsync("ana");

        await app.PressAsync("ana", "link");
        var told = await phone.NoticeAsync("breaker.open");
        await app.PressAsync("ana", "link", on: false);
        await phone.NoticeAsync("answered.once");

        told.GetProperty("values").GetProperty("name").GetString().ShouldBe("waha:default");
        app.Answers("ana").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Slow_model_holds_the_answer_back_and_nothing_else()
    {
        await using var app = await SimulatorApp.StartAsync();
        await using var phone = await app.LookAsync("ana");
        await using var other = await app.LookAsync("bob");

        await app.PressAsync("ana", "slow-model");
        await phone.NoticeAsync("slow-model.waits");
        await app.SayAsync("bob", "help");
        (await other.NextAsync("webhook", report => report.GetProperty("event").GetString() == "message")).GetProperty("status").GetInt32().ShouldBe(202);
        app.Answers("ana").ShouldBeEmpty();
        await app.PressAsync("ana", "slow-model", on: false);
        var told = await phone.NoticeAsync("answered.once");
        await other.NoticeAsync("answered.once");

        told.GetProperty("values").GetProperty("attempts").GetString().ShouldBe("1");
        app.Answers("ana").ShouldHaveSingleItem();
        app.Answers("bob").ShouldHaveSingleItem();
        app.Bubbles.ShouldBe(2);
    }

    [Fact]
    public async Task Failing_model_costs_attempts_and_the_message_is_answered_once()
    {
        await using var app = await SimulatorApp.StartAsync(null, ("Turns__MaxAttempts", "100"));
        await using var phone = await app.LookAsync("ana");

        await app.PressAsync("ana", "failing-model");
        await phone.NoticeAsync("attempt.failed");
        app.Answers("ana").ShouldBeEmpty();
        await app.PressAsync("ana", "failing-model", on: false);
        var told = await phone.NoticeAsync("answered.once");

        int.Parse(told.GetProperty("values").GetProperty("attempts").GetString()!, CultureInfo.InvariantCulture).ShouldBeGreaterThan(1);
        app.Answers("ana").ShouldHaveSingleItem();
        app.Bubbles.ShouldBe(1);
    }

    [Fact]
    public async Task Model_that_never_comes_back_ends_in_one_apology_and_a_dead_letter()
    {
        await using var app = await SimulatorApp.StartAsync(null, ("Turns__MaxAttempts", "2"));
        await using var phone = await app.LookAsync("ana");

        await app.PressAsync("ana", "failing-model");
        var told = await phone.NoticeAsync("dead");

        var reference = told.GetProperty("values").GetProperty("reference").GetString()!;
        told.GetProperty("values").GetProperty("attempts").GetString().ShouldBe("2");
        await Eventually.TrueAsync(() => app.Answers("ana").Count > 0, Patience());
        app.Answers("ana").ShouldHaveSingleItem().Text.ShouldContain(reference);
        app.Query("SELECT reference FROM turns WHERE state = 'dead'", row => row.GetString(0)).ShouldBe([reference]);
    }

    [Fact]
    public async Task While_the_database_is_locked_webhooks_get_503_and_the_message_comes_later_once()
    {
        await using var app = await SimulatorApp.StartAsync();
        await using var phone = await app.LookAsync("ana");

        await app.PressAsync("ana", "database");
        var refused = await phone.NoticeAsync("webhook.refused");
        app.Query("SELECT COUNT(*) FROM inbound", row => row.GetInt64(0)).ShouldBe([0]);
        await app.PressAsync("ana", "database", on: false);
        await phone.NoticeAsync("webhook.stored");
        await phone.NoticeAsync("answered.once");

        refused.GetProperty("values").GetProperty("status").GetString().ShouldBe("503");
        var tries = Tries(phone);
        tries[0].ShouldBe("503 storage");
        tries[^1].ShouldBe("202 accepted");
        tries.Count(answer => answer.StartsWith("202", StringComparison.Ordinal)).ShouldBe(1);
        app.Answers("ana").ShouldHaveSingleItem();
        app.Bubbles.ShouldBe(1);
    }

    [Fact]
    public async Task Human_on_the_accounts_phone_silences_the_bot_until_bot_on()
    {
        await using var app = await SimulatorApp.StartAsync();
        await using var phone = await app.LookAsync("ana");

        await app.PressAsync("ana", "human");
        await phone.NoticeAsync("human.silent");
        app.Bubbles.ShouldBe(0);
        await app.PressAsync("ana", "bot-on");
        await phone.NoticeAsync("answered.once");

        app.Answers("ana").Count(answer => !answer.ByHuman).ShouldBe(1);
        app.Bubbles.ShouldBe(1);
    }

    [Fact]
    public async Task Database_is_given_back_when_the_process_stops()
    {
        await using var app = await SimulatorApp.StartAsync();
        await app.PressAsync("ana", "database");

        await app.StopAsync();

        using var database = new SqliteConnection($"Data Source={app.DatabaseFile};Pooling=False");
        database.Open();
        using var begin = database.CreateCommand();
        begin.CommandText = "BEGIN IMMEDIATE";
        begin.ExecuteNonQuery();
    }

    [Fact]
    public async Task Second_press_of_a_lasting_fault_says_nothing_new()
    {
        await using var app = await SimulatorApp.StartAsync();
        await using var phone = await app.LookAsync("ana");
        await app.PressAsync("ana", "slow-model");
        await app.PressAsync("ana", "slow-model");
        await app.PressAsync("ana", "slow-model", on: false);
        await app.PressAsync("ana", "slow-model", on: false);
        await phone.NoticeAsync("answered.once");

        phone.Codes.Count(code => code == "slow-model.on").ShouldBe(1);
        app.Answers("ana").ShouldHaveSingleItem();
    }

    [Fact]
    public async Task With_postgresql_the_database_button_says_that_it_cannot()
    {
        using var databases = new PostgresDatabases();
        await using var app = await SimulatorApp.StartAsync(
            null, ("ConnectionStrings__openclaw", databases.Main), ("ConnectionStrings__openclaw-keys", databases.Keys));

        using var response = await app.Browser.PostAsJsonAsync("simulator/faults", new { person = "ana", fault = "database" });

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"error":"not_available"}""");
        var page = await app.Browser.GetStringAsync("simulator");
        page.ShouldContain("Only with SQLite");
        page.ShouldMatch("data-fault=\"database\"[^>]* disabled>");
    }

    [Theory]
    [InlineData("""{"person":"ana","fault":"meteor"}""", "unknown_fault")]
    [InlineData("""{"person":"ana"}""", "unknown_fault")]
    [InlineData("""{"person":"eve","fault":"link"}""", "unknown_person")]
    [InlineData("""{"fault":"link"}""", "unknown_person")]
    [InlineData("""{"person":"ana","fault":"duplicate","on":false}""", "nothing_to_end")]
    [InlineData("""{"person":"ana","fault":"link","on":"yes"}""", "not_json")]
    [InlineData("""{"person":1,"fault":"link"}""", "not_json")]
    [InlineData("[]", "not_json")]
    [InlineData("null", "not_json")]
    [InlineData("{", "not_json")]
    [InlineData("", "not_json")]
    public async Task Bad_input_is_refused_with_a_word_and_breaks_nothing(string body, string error)
    {
        await using var host = await SimulatorHost.StartAsync();

        using var response = await host.Browser.PostAsync("simulator/faults", body.AsJson());

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldBe($$"""{"error":"{{error}}"}""");
        host.Waha.Link.Outage.IsOn.ShouldBeFalse();
        host.Waha.Chats.ShouldAllBe(chat => chat.Messages().Count == 0);
    }

    [Theory]
    [InlineData("duplicate", "nothing_sent")]
    [InlineData("slow-model", "not_available")]
    [InlineData("database", "not_available")]
    public async Task What_is_not_there_cannot_be_broken(string fault, string error)
    {
        await using var host = await SimulatorHost.StartAsync();

        using var response = await host.Browser.PostAsJsonAsync("simulator/faults", new { person = "ana", fault });

        response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await response.Content.ReadAsStringAsync()).ShouldBe($$"""{"error":"{{error}}"}""");
    }

    [Fact]
    public async Task With_a_real_waha_there_is_no_panel_and_nothing_around_the_model()
    {
        await using var app = await OpenClawApp.StartAsync();

        using var response = await app.Http.PostAsJsonAsync(new Uri(app.Url, "simulator/faults"), new { person = "ana", fault = "link" });

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        app.Service<IServiceProvider>().GetService<FaultPanel>().ShouldBeNull();
        app.Service<IServiceProvider>().GetService<IModelFault>().ShouldBeNull();
        app.Service<IChatClient>().GetService(typeof(FaultyChatClient)).ShouldBeNull();
    }

    [Fact]
    public void Every_text_exists_in_both_languages_with_the_same_holes()
    {
        FaultTexts.Portuguese.Keys.ShouldBe(FaultTexts.English.Keys);
        foreach (var (key, text) in FaultTexts.Portuguese)
            Holes(FaultTexts.English[key]).ShouldBe(Holes(text), key);
    }

    private static IEnumerable<string> Holes(string text) => text.Split('{').Skip(1).Select(part => part.Split('}')[0]).Order(StringComparer.Ordinal);

    /// <summary>What the Gateway answered to the webhooks of what was written, in order.</summary>
    private static List<string> Tries(OpenPhone phone) =>
    [
        .. phone.Seen.Where(item => item.Name == "webhook" && item.Data.GetProperty("event").GetString() == "message")
            .Select(item => $"{item.Data.GetProperty("status").GetInt32()} {item.Data.GetProperty("outcome").GetString()}"),
    ];

    /// <summary>Whatever an earlier webhook could still cause would come before the answer to the next message.</summary>
    private static async Task AnswersNextAsync(SimulatorApp app, OpenPhone phone)
    {
        await app.SayAsync("ana", "ajuda");
        await phone.NextAsync("message", message => message.GetProperty("text").GetString()!.Contains("Posso ajudar com", StringComparison.Ordinal));
    }

    private static string? SessionState(SimulatorApp app) => app.Services.GetRequiredService<ChatEventStore>().SessionStates().GetValueOrDefault("default");

    private static CancellationToken Patience() => new CancellationTokenSource(TimeSpan.FromSeconds(90)).Token;
}
