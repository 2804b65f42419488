using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>The model asks for skills and gets their results, audited, before it answers.</summary>
public abstract class SkillJourney(Setup setup) : Journey(setup)
{
    private const string Alice = "5511987654321@c.us";

    [Fact]
    public async Task A_file_is_read_and_a_command_is_run_on_the_way_to_the_answer()
    {
        await using var app = await StartAsync();
        await app.SendAsync(WahaWebhook.Text("oi", Alice));
        await app.WaitForBubblesAsync(1);
        PutFile(app, "nota.txt", "comprar leite\n");
        app.Model.Enqueue(
            ScriptedReply.ToolCalls(("read_file", new { path = "nota.txt" }), ("get_current_time", null)),
            ScriptedReply.ToolCall("run_command", new { executable = "wc", arguments = new[] { "-l", "nota.txt" } }),
            ScriptedReply.Text("A nota diz: comprar leite."));

        await app.SendAsync(WahaWebhook.Text("o que diz minha nota?", Alice));

        (await app.WaitForBubblesAsync(2))[1].Text.ShouldBe("A nota diz: comprar leite.");
        var results = app.Model.Requests[^1].ToolResults;
        results.Count.ShouldBe(3);
        results[0].ShouldBe("nota.txt: lines 1-1 of 1, UTF-8\ncomprar leite");
        results[1].ShouldEndWith("America/Sao_Paulo");
        results[2].ShouldBe("exit code: 0\n1 nota.txt");
        app.Model.Requests[^1].ToolNames.ShouldBe(["read_file", "run_command", "get_current_time", "list_files", "search_files", "set_reminder", "list_reminders", "cancel_reminder"], ignoreOrder: true);
        Audit(app).ShouldBe(["read_file Read Succeeded", "get_current_time Read Succeeded", "run_command Execute Succeeded"]);
        Steps(app).ShouldBe(["model", "done", "done", "model", "started", "done"]);
    }

    [Fact]
    public async Task What_a_skill_refuses_is_told_to_the_model_and_nothing_happens()
    {
        await using var app = await StartAsync();
        app.Model.Enqueue(
            ScriptedReply.ToolCalls(
                ("run_command", new { executable = "bash", arguments = new[] { "-c", "touch /tmp/x" } }), ("read_file", new { path = "../../keys.db" }), ("format_disk", null)),
            ScriptedReply.Text("Isso eu não posso fazer."));

        await app.SendAsync(WahaWebhook.Text("apaga tudo", Alice));

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("Isso eu não posso fazer.");
        var results = app.Model.Requests[^1].ToolResults;
        results[0].ShouldStartWith("Not run: ");
        results[1].ShouldNotContain("SQLite");
        results.Count.ShouldBe(3);
        Audit(app).ShouldBe(["run_command Execute Refused", "read_file Read Refused"]);
    }

    [Fact]
    public async Task A_model_that_never_stops_asking_for_skills_ends_in_one_apology()
    {
        await using var app = await StartAsync(("Turns__MaxAttempts", "2"));
        app.Model.OnRequest = _ => ScriptedReply.ToolCall("get_current_time");

        await app.SendAsync(WahaWebhook.Text("que horas são?", Alice));

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldStartWith("Desculpe");
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(1);
        app.InboundStates().ShouldBe(["dead/model_Malformed"]);
    }

    [Fact]
    public async Task The_offline_brain_lists_files_and_tells_the_time()
    {
        await using var app = await StartAsync(("Ai__Main__Provider", "Offline"), ("Ai__Main__Endpoint", null), ("Ai__Main__Model", null));
        await app.SendAsync(WahaWebhook.Text("que horas são?", Alice));
        (await app.WaitForBubblesAsync(1))[0].Text.ShouldMatch(@"\d\d:\d\d");
        PutFile(app, "lista.txt", "pão");

        await app.SendAsync(WahaWebhook.Text("lista os arquivos", Alice));

        (await app.WaitForBubblesAsync(2))[1].Text.ShouldContain("lista.txt");
        app.Model.Requests.ShouldBeEmpty();
    }

    private static void PutFile(OpenClawApp app, string name, string text)
    {
        var person = app.Query("SELECT person_id FROM people", row => row.GetInt64(0)).Single();
        var folder = Directory.CreateDirectory(Path.Combine(app.Data.Path, "files", $"{person}"));
        File.WriteAllText(Path.Combine(folder.FullName, name), text);
    }

    private static IReadOnlyList<string> Audit(OpenClawApp app) => app.Query(
        "SELECT skill || ' ' || effect || ' ' || COALESCE(status, 'open') FROM skill_audit ORDER BY audit_id", row => row.GetString(0));

    private static IReadOnlyList<string> Steps(OpenClawApp app) => app.Query("SELECT kind FROM turn_steps ORDER BY turn_id, step", row => row.GetString(0));
}

public sealed class AllInOneSkillJourney() : SkillJourney(Setup.AllInOne);

public sealed class SplitSqliteSkillJourney() : SkillJourney(Setup.SplitSqlite);

public sealed class SplitPostgresSkillJourney() : SkillJourney(Setup.SplitPostgres);
