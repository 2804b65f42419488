using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenClaw.Core.Queue;
using OpenClaw.Worker.Agents;
using OpenClaw.Worker.Skills;

namespace OpenClaw.Tests.Agents;

public sealed class TranscriptTests
{
    private static readonly StoredCall Read = new("0-0-a", "read_file", JsonSerializer.SerializeToElement(new { path = "ação.txt" }));
    private static readonly StoredCall Run = new("0-1-b", "run_command", null);

    [Fact]
    public void Stored_steps_tell_the_same_story_again()
    {
        var told = new Transcript([]);
        List<TurnStep> steps =
        [
            told.AddModel(new StoredModelMessage("um momento", [Read, Run])), told.AddDone(Read, new StoredResult(SkillStatus.Succeeded, "texto")),
            told.AddStarted(Run), told.AddDone(Run, new StoredResult(SkillStatus.Failed, "exit 1")),
        ];

        var again = new Transcript(steps);

        steps.Select(step => step.Step).ShouldBe([0, 1, 2, 3]);
        Tell(again).ShouldBe(Tell(told));
        again.OpenCalls.ShouldBeEmpty();
        again.Rounds.ShouldBe(1);
        again.AddModel(new StoredModelMessage("", [])).Step.ShouldBe(4);
    }

    [Fact]
    public void Interrupted_call_is_open_and_known_to_have_started()
    {
        var told = new Transcript([]);
        List<TurnStep> steps = [told.AddModel(new StoredModelMessage("", [Read, Run])), told.AddStarted(Run)];

        var again = new Transcript(steps);

        again.OpenCalls.Select(call => call.Id).ShouldBe([Read.Id, Run.Id]);
        again.WasStarted(Run).ShouldBeTrue();
        again.WasStarted(Read).ShouldBeFalse();
    }

    [Fact]
    public void Arguments_come_back_as_the_model_wrote_them()
    {
        Transcript.ArgumentsOf(Read)["path"].ShouldBeOfType<JsonElement>().GetString().ShouldBe("ação.txt");
        Transcript.ArgumentsOf(Run).ShouldBeEmpty();
        Transcript.ArgumentsOf(Run with { Arguments = JsonSerializer.SerializeToElement("text") }).ShouldBeEmpty();
    }

    private static List<string> Tell(Transcript transcript) => transcript.ToMessages().Select(message => $"{message.Role}: " + string.Join(" | ", message.Contents.Select(content => content switch
    {
        TextContent text => text.Text,
        FunctionCallContent call => $"{call.CallId} {call.Name}({string.Join(",", call.Arguments!.Select(argument => $"{argument.Key}={argument.Value}"))})",
        FunctionResultContent result => $"{result.CallId} = {result.Result}",
        _ => throw new InvalidOperationException(content.GetType().Name),
    }))).ToList();
}
