using System.Text.Json;
using Microsoft.Extensions.Configuration;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway.CommandLine;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Admin;

/// <summary>The command line of dead letters: beside a running Gateway, and without one.</summary>
public sealed class DeadLettersCommandTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everything_works_whether_a_Gateway_runs_or_not(bool running)
    {
        await using var app = await DeadAsync("um", "dois", "tres");
        if (!running)
            await app.StopAsync();

        var list = await RunAsync(app, "list", "--json");
        var ids = JsonDocument.Parse(list.Output).RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!).ToArray();
        var table = await RunAsync(app, "list", "--reason", "model_Unavailable");
        var shown = await RunAsync(app, "show", ids[2]);
        var replayed = await RunAsync(app, "replay", ids[2]);
        var again = await RunAsync(app, "replay", ids[2], "--json");
        var discarded = await RunAsync(app, "discard", ids[1]);
        var all = await RunAsync(app, "replay", "--all", "--kind", "turn");

        (list.Code, ids.Length).ShouldBe((0, 3));
        (table.Code, table.Errors).ShouldBe((0, ""));
        table.Output.ShouldContain($"{ids[0]}  ");
        table.Output.ShouldContain("In all: 0 bubbles, 0 jobs, 3 turns.");
        table.Output.ShouldNotContain("dois");
        shown.Output.ShouldContain("\num\n");
        replayed.Code.ShouldBe(0, replayed.Errors);
        replayed.Output.ShouldStartWith($"{ids[2]}: It is replayed. {(running ? "It is answered now." : "No Gateway runs: it is answered when one is started.")}");
        (again.Code, JsonDocument.Parse(again.Output).RootElement.GetProperty("outcome").GetString()).ShouldBe((4, "alreadyReplayed"));
        again.Errors.ShouldContain("Somebody replayed it already; nothing was changed.");
        discarded.Code.ShouldBe(0);
        (all.Code, all.Output.StartsWith("Replayed 1 dead letter.", StringComparison.Ordinal)).ShouldBe((0, true));
        if (!running)
            await app.RestartAsync();
        var answers = (await app.WaitForBubblesAsync(5)).Skip(3).Select(bubble => bubble.Text.Split('\n')[^1]);
        answers.ShouldBe(["um", "tres"]);
        await app.WaitUntilSettledAsync();
        (await RunAsync(app, "list")).Output.ShouldStartWith("No dead letters here.");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Beside_the_processes_of_a_split_system_the_Gateway_is_asked_or_the_server_shared(bool server)
    {
        await using var app = await OpenClawApp.StartAsync(server ? Setup.SplitPostgres : Setup.SplitSqlite, null, ("Turns__MaxAttempts", "1"));
        app.Model.Enqueue(ScriptedReply.Status(500));
        await app.SendAsync(WahaWebhook.Text("oi"));
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();

        var replayed = await RunAsync(app, "replay", "--all");

        replayed.Code.ShouldBe(0, replayed.Errors);
        replayed.Output.ShouldContain(server ? "A Worker takes it within seconds" : "It is answered now.");
        (await app.WaitForBubblesAsync(2))[1].Text.ShouldEndWith("oi");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_bubble_is_shown_replayed_and_discarded_as_well(bool running)
    {
        await using var app = await OpenClawApp.StartAsync(("Delivery__WhenUncertain", "Hold"), ("Delivery__Quarantine", "00:00:00"));
        app.Waha.HasStore = false;
        app.Waha.OnSend = _ => FakeWahaFault.NotDeliveredAndCut;
        foreach (var text in (string[])["um", "dois"])
        {
            await app.SendAsync(WahaWebhook.Text(text));
            await app.WaitUntilSettledAsync();
        }

        app.Waha.OnSend = null;
        if (!running)
            await app.StopAsync();

        await ShowReplayAndDiscardAsync(app, "bubble", "um");

        if (!running)
            await app.RestartAsync();
        (await app.WaitForBubblesAsync(1))[0].Text.ShouldEndWith("um");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_is_shown_replayed_and_discarded_as_well(bool running)
    {
        await using var app = await OpenClawApp.StartAsync();
        var set = ScriptedReply.ToolCalls(("set_reminder", new { text = "um", in_minutes = 600 }), ("set_reminder", new { text = "dois", in_minutes = 600 }));
        app.Model.Enqueue(set, ScriptedReply.Text("Combinado."));
        await app.SendAsync(WahaWebhook.Text("me lembra"));
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();
        await app.Service<IDatabase>().WriteAsync(
            sql => sql.Execute("UPDATE scheduled_jobs SET state = 'dead', reason = 'unexpected', died_at = @now", ("@now", TimeProvider.System.NowMicroseconds())), app.Timeout);
        if (!running)
            await app.StopAsync();

        await ShowReplayAndDiscardAsync(app, "job", "um");

        if (!running)
            await app.RestartAsync();
        (await app.WaitForBubblesAsync(2))[1].Text.ShouldEndWith("Lembrete: um");
    }

    [Fact]
    public async Task To_discard_all_has_to_be_confirmed()
    {
        await using var app = await DeadAsync("um", "dois");

        var asked = await RunAsync(app, "discard", "--all");
        var done = await RunAsync(app, "discard", "--all", "--yes");

        (asked.Code, asked.Output).ShouldBe((2, ""));
        asked.Errors.ShouldContain("This would discard 2 dead letters for good");
        (done.Code, done.Output).ShouldBe((0, "Discarded 2 dead letters." + Environment.NewLine));
        (await RunAsync(app, "show", "turn-1")).Code.ShouldBe(3);
    }

    [Fact]
    public async Task A_wrong_key_says_which_one_is_wanted()
    {
        await using var app = await DeadAsync("um");

        var refused = await RunAsync(app, "list", "--Admin:ApiKey=another-key-than-that");

        refused.Code.ShouldBe(2);
        refused.Errors.ShouldContain("refused the admin key");
        refused.Errors.ShouldNotContain("another-key");
    }

    [Fact]
    public async Task A_Gateway_that_holds_the_data_and_does_not_answer_is_told_with_its_address()
    {
        await using var app = await DeadAsync("um");
        await File.WriteAllTextAsync(Path.Combine(app.Data.Path, "gateway.url"), "http://127.0.0.1:1\n");

        var lost = await RunAsync(app, "list");

        lost.Code.ShouldBe(5);
        lost.Errors.ShouldContain("Another OpenClaw already uses the data directory");
        lost.Errors.ShouldContain("http://127.0.0.1:1/");
    }

    [Fact]
    public async Task A_folder_without_data_is_not_filled()
    {
        using var folder = new TemporaryFolder();

        var (code, _, errors) = await RunAsync([("Storage:DataDirectory", folder.Path)], "list");

        code.ShouldBe(2);
        errors.ShouldContain($"There is no data in {folder.Path}.");
        Directory.GetFiles(folder.Path).Select(Path.GetFileName).ShouldAllBe(name => name!.EndsWith(".lock", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("lst")]
    [InlineData("show")]
    [InlineData("replay")]
    [InlineData("replay rubbish")]
    [InlineData("replay turn-1 --all")]
    [InlineData("replay turn-1 --kind turn")]
    [InlineData("list turn-1")]
    [InlineData("list --limit 0")]
    [InlineData("list --limit")]
    [InlineData("list --from yesterday")]
    [InlineData("list --lane x")]
    [InlineData("list --nonsense x")]
    [InlineData("list --after x")]
    public async Task What_makes_no_sense_is_answered_with_how_it_is_used(string line)
    {
        using var folder = new TemporaryFolder();

        var (code, output, errors) = await RunAsync([("Storage:DataDirectory", folder.Path)], line.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        (code, output).ShouldBe((2, ""));
        errors.ShouldContain("dead-letters list");
    }

    [Fact]
    public async Task A_setting_that_is_wrong_is_named()
    {
        using var folder = new TemporaryFolder();

        var (code, _, errors) = await RunAsync([("Storage:DataDirectory", folder.Path)], "list", "--Turns:MaxAttempts=many");

        code.ShouldBe(2);
        errors.ShouldStartWith("Turns__MaxAttempts cannot be \"many\".");
    }

    [Fact]
    public async Task What_people_wrote_cannot_steer_the_terminal()
    {
        await using var app = await DeadAsync("antes\u001b[2Jdepois \u202Eodarapuc\r");

        var shown = await RunAsync(app, "show", "turn-" + app.Query("SELECT turn_id FROM turns", row => row.GetInt64(0)).Single());

        shown.Output.ShouldContain("antes\uFFFD[2Jdepois \uFFFDodarapuc\uFFFD");
        shown.Output.ShouldNotContain("\u001b");
    }

    [Fact]
    public async Task Help_is_no_mistake()
    {
        var (code, output, _) = await RunAsync(settings: [], "--help");

        code.ShouldBe(0);
        output.ShouldContain("Exit codes: 0 done");
    }

    /// <summary>Messages of one chat that every attempt failed at, apologised for; then the model is back.</summary>
    private static async Task<OpenClawApp> DeadAsync(params string[] texts)
    {
        var app = await OpenClawApp.StartAsync(("Turns__MaxAttempts", "1"));
        app.Model.OnRequest = _ => ScriptedReply.Status(500);
        for (var i = 0; i < texts.Length; i++)
        {
            await app.SendAsync(WahaWebhook.Text(texts[i]));
            await app.WaitForBubblesAsync(i + 1);
            await app.WaitUntilSettledAsync();
        }

        app.Model.OnRequest = null;
        return app;
    }

    /// <summary>Of two letters the older one is replayed, the younger one discarded.</summary>
    private static async Task ShowReplayAndDiscardAsync(OpenClawApp app, string kind, string text)
    {
        var list = JsonDocument.Parse((await RunAsync(app, "list", "--kind", kind, "--json")).Output).RootElement;
        string[] ids = [.. list.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!).OrderBy(id => id, StringComparer.Ordinal)];
        ids.Length.ShouldBe(2);

        (await RunAsync(app, "show", ids[0])).Output.TrimEnd().ShouldEndWith(text);
        (await RunAsync(app, "discard", ids[1])).Code.ShouldBe(0);
        (await RunAsync(app, "discard", ids[1])).Code.ShouldBe(4);
        var replayed = await RunAsync(app, "replay", ids[0]);

        replayed.Code.ShouldBe(0, replayed.Errors);
        replayed.Output.ShouldStartWith($"{ids[0]}: It is replayed. ");
        (await RunAsync(app, "replay", ids[0])).Code.ShouldBe(4);
        (await RunAsync(app, "list", "--kind", kind)).Output.ShouldStartWith("No dead letters here.");
    }

    private static Task<(int Code, string Output, string Errors)> RunAsync(OpenClawApp app, params string[] arguments) => RunAsync(app.Settings, arguments);

    private static async Task<(int Code, string Output, string Errors)> RunAsync(IEnumerable<(string Key, string? Value)> settings, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await new DeadLettersCommand(output, errors).RunAsync(
            arguments,
            builder => builder.Configuration.Sources.Insert(0, new Microsoft.Extensions.Configuration.Memory.MemoryConfigurationSource
            {
                InitialData = settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)),
            }));
        return (code, output.ToString(), errors.ToString());
    }
}
