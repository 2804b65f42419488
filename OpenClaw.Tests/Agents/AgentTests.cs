using System.Text.Json;
using OpenClaw.Tests.Crashes;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Skills;

namespace OpenClaw.Tests.Agents;

/// <summary>The loop of model and skills, with the real model client, stores and executor around it.</summary>
public sealed class AgentTests : IAsyncLifetime
{
    private CrashRig _rig = null!;
    private CrashWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync();
        _worker = _rig.NewWorker(new TestSkill((string what) => $"feito: {what}"));
        await _worker.ReceiveAsync("oi");
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Parallel_calls_are_answered_in_their_order()
    {
        _rig.Model.Enqueue(ScriptedReply.ToolCalls(("probe", new { what = "a" }), ("probe", new { what = "b" })), ScriptedReply.Text("fim"));

        await _worker.RunAsync();

        _rig.Model.Requests[1].ToolResults.ShouldBe(["feito: a", "feito: b"]);
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("fim");
    }

    [Fact]
    public async Task Repeated_call_ids_become_unique_and_keep_their_results()
    {
        string[] Calls(params string[] what) =>
        [
            .. what.Select((text, i) => ScriptedReply.ToolDelta(i, "same", "probe", JsonSerializer.Serialize(new { what = text }))), ScriptedReply.Finish("tool_calls"), "[DONE]",
        ];
        _rig.Model.Enqueue(ScriptedReply.Raw(Calls("a", "b")), ScriptedReply.Raw(Calls("c")), ScriptedReply.Text("fim"));

        await _worker.RunAsync();

        var messages = _rig.Model.Requests[2].Body.GetProperty("messages").EnumerateArray().ToList();
        var asked = messages.Where(message => message.TryGetProperty("tool_calls", out _))
            .SelectMany(message => message.GetProperty("tool_calls").EnumerateArray()).Select(call => call.GetProperty("id").GetString()).ToList();
        asked.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        messages.Where(message => message.GetProperty("role").ValueEquals("tool")).Select(message => message.GetProperty("tool_call_id").GetString()).ShouldBe(asked);
        _rig.Model.Requests[2].ToolResults.ShouldBe(["feito: a", "feito: b", "feito: c"]);
    }

    [Fact]
    public async Task Unknown_skill_is_told_to_the_model()
    {
        _rig.Model.Enqueue(ScriptedReply.ToolCall("teleport"), ScriptedReply.Text("não sei"));

        await _worker.RunAsync();

        _rig.Model.Requests[1].ToolResults.ShouldHaveSingleItem().ShouldContain("There is no skill");
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("não sei");
    }

    [Fact]
    public async Task Unreadable_arguments_are_told_to_the_model_and_nothing_runs()
    {
        _rig.Model.Enqueue(
            ScriptedReply.Raw(ScriptedReply.ToolDelta(0, "c", "probe", "{what: "), ScriptedReply.Finish("tool_calls"), "[DONE]"), ScriptedReply.Text("desculpe"));

        await _worker.RunAsync();

        _rig.Model.Requests[1].ToolResults.ShouldHaveSingleItem().ShouldContain("not valid JSON");
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("desculpe");
    }

    [Fact]
    public async Task After_eight_rounds_the_model_has_to_answer_without_skills()
    {
        _rig.Model.OnRequest = request => request.ToolNames.Count > 0 ? ScriptedReply.ToolCall("probe", new { what = "mais" }) : ScriptedReply.Text("chega");

        await _worker.RunAsync();

        _rig.Model.Requests.Count.ShouldBe(9);
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("chega");
    }

    [Fact]
    public async Task Model_that_never_comes_to_an_end_is_apologised_for()
    {
        _rig.Model.OnRequest = _ => ScriptedReply.ToolCall("probe", new { what = "mais" });

        await _worker.RunAsync();

        _worker.InboundStates().ShouldBe(["dead:model_Malformed"]);
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldContain("código");
    }

    [Fact]
    public async Task Silence_of_the_model_is_tried_again()
    {
        _rig.Model.Enqueue(ScriptedReply.Empty(), ScriptedReply.Text("  "), ScriptedReply.Text("agora sim"));

        await _worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("agora sim");
    }

    [Fact]
    public async Task Next_turn_reads_what_was_said_before_without_its_skill_calls()
    {
        _rig.Model.Enqueue(ScriptedReply.ToolCall("probe", new { what = "x" }), ScriptedReply.Text("**olá**"));
        await _worker.RunAsync();

        await _worker.ReceiveAsync("e aí?");
        await _worker.RunAsync();

        _rig.Model.Requests[2].Messages.Skip(1).ShouldBe([("user", "oi"), ("assistant", "**olá**"), ("user", "e aí?")]);
        _rig.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["*olá*", "e aí?"]);
    }
}
