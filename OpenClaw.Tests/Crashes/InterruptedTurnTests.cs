using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Skills;
using OpenClaw.Worker.Skills;

namespace OpenClaw.Tests.Crashes;

/// <summary>A worker stops at one step of a turn; the next one goes on there.</summary>
public sealed class InterruptedTurnTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _never = new();
    private readonly TaskCompletionSource _started = new();
    private int _runs;
    private CrashRig _rig = null!;

    public async Task InitializeAsync() => _rig = await CrashRig.StartAsync(("Turns:StartGrace", "00:00:00"));

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Killed_while_the_model_thinks_the_turn_resumes_with_the_same_messages()
    {
        var first = _rig.NewWorker();
        await first.ReceiveAsync("um");
        await first.ReceiveAsync("dois");
        _rig.Model.Enqueue(ScriptedReply.Text("nunca") with { HoldUntil = _never.Task });
        var work = await first.BeginAsync();
        (await _rig.Model.NextRequestAsync(_rig.Patience)).TurnTexts.ShouldBe(["um", "dois"]);
        await first.ReceiveAsync("tarde demais");
        await work.KillAsync();

        var second = await _rig.SuccessorAsync();
        await second.RunAsync();

        _rig.Model.Requests.Skip(1).Select(request => request.TurnTexts).ShouldBe([["um", "dois"], ["tarde demais"]]);
        _rig.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["um\ndois", "tarde demais"]);
        second.InboundStates().ShouldBe(["sent", "sent", "sent"]);
    }

    [Fact]
    public async Task Killed_during_a_skill_that_reads_the_skill_runs_again_and_the_model_is_not_asked_again()
    {
        var first = _rig.NewWorker(Probe(SkillEffect.Read, "nunca", _never.Task));
        await first.ReceiveAsync("leia");
        _rig.Model.Enqueue(ScriptedReply.ToolCall("probe"), ScriptedReply.Text("li"));
        var work = await first.BeginAsync();
        await _started.Task.WaitAsync(_rig.Patience);
        await work.KillAsync();

        var second = await _rig.SuccessorAsync(Probe(SkillEffect.Read, "conteúdo"));
        await second.RunAsync();

        _runs.ShouldBe(2);
        _rig.Model.Requests.Count.ShouldBe(2);
        _rig.Model.Requests[1].ToolResults.ShouldBe(["conteúdo"]);
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("li");
    }

    [Theory]
    [InlineData(SkillEffect.Write)]
    [InlineData(SkillEffect.Execute)]
    public async Task Killed_during_an_effect_it_is_not_repeated_and_the_model_reads_that_its_outcome_is_unknown(SkillEffect effect)
    {
        var first = _rig.NewWorker(Probe(effect, "nunca", _never.Task));
        await first.ReceiveAsync("faça");
        _rig.Model.Enqueue(ScriptedReply.ToolCall("probe"), ScriptedReply.Text("não sei se fiz"));
        var work = await first.BeginAsync();
        await _started.Task.WaitAsync(_rig.Patience);
        await work.KillAsync();

        var second = await _rig.SuccessorAsync(Probe(effect, "feito"));
        await second.RunAsync();

        _runs.ShouldBe(1);
        _rig.Model.Requests.Count.ShouldBe(2);
        _rig.Model.Requests[1].ToolResults.ShouldHaveSingleItem().ShouldContain("may or may not have happened");
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("não sei se fiz");
    }

    [Fact]
    public async Task Finished_steps_are_told_again_word_for_word_and_never_run_again()
    {
        var first = _rig.NewWorker(Probe(SkillEffect.Execute, "feito"));
        await first.ReceiveAsync("faça");
        _rig.Model.Enqueue(
            ScriptedReply.ToolCalls(("get_current_time", new { }), ("probe", null)), ScriptedReply.Text("nunca") with { HoldUntil = _never.Task }, ScriptedReply.Text("pronto"));
        var work = await first.BeginAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);
        await _rig.Model.NextRequestAsync(_rig.Patience);
        await work.KillAsync();

        var second = await _rig.SuccessorAsync(Probe(SkillEffect.Execute, "zweimal"));
        await second.RunAsync();

        _runs.ShouldBe(1);
        _rig.Model.Requests.Count.ShouldBe(3);
        _rig.Model.Requests[2].Body.GetRawText().ShouldBe(_rig.Model.Requests[1].Body.GetRawText());
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("pronto");
    }

    [Fact]
    public async Task Killed_between_two_bubbles_only_the_second_is_sent()
    {
        var first = _rig.NewWorker();
        await first.ReceiveAsync("conte muito");
        var answer = string.Join("\n\n", Enumerable.Range(0, 30).Select(i => $"Parágrafo {i}: {new string('x', 80)}"));
        _rig.Model.Enqueue(ScriptedReply.Text(answer));
        _rig.Waha.FaultNext(FakeWahaFault.None, FakeWahaFault.HangThenDeliver);
        var work = await first.BeginAsync();
        await _rig.Waha.WaitForCallsAsync<SendTextCall>(2, _rig.Patience);
        await work.KillAsync();
        _rig.Waha.Delivered.Count.ShouldBe(1);

        // WAHA does not stop because its caller hung up.
        _rig.Waha.Release();
        await _rig.Waha.WaitForBubblesAsync(2, _rig.Patience);
        var second = await _rig.SuccessorAsync();
        await second.RunAsync();

        string.Join("\n\n", _rig.Waha.Delivered.Select(bubble => bubble.Text)).ShouldBe(answer);
        second.InboundStates().ShouldBe(["sent"]);
    }

    [Fact]
    public async Task Interrupted_too_often_the_turn_ends_with_an_apology()
    {
        var worker = _rig.NewWorker();
        await worker.ReceiveAsync("mata o processo");
        _rig.Model.OnRequest = _ => ScriptedReply.Text("nunca") with { HoldUntil = _never.Task };
        for (var i = 0; i < TurnStore.MaxInterruptions; i++)
        {
            var work = await worker.BeginAsync();
            await _rig.Model.NextRequestAsync(_rig.Patience);
            await work.KillAsync();
            await worker.TakeOverAsync();
            // The wait before the next attempt grows; a minute is the longest.
            _rig.Time.Advance(TimeSpan.FromMinutes(1));
        }

        await worker.RunAsync();

        _rig.Model.Requests.Count.ShouldBe(TurnStore.MaxInterruptions);
        worker.InboundStates().ShouldBe(["dead:interrupted_too_often"]);
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldContain("código");
    }

    [Fact]
    public async Task Interruptions_wait_longer_and_longer()
    {
        var worker = _rig.NewWorker();
        await worker.ReceiveAsync("oi");
        _rig.Model.OnRequest = _ => ScriptedReply.Text("nunca") with { HoldUntil = _never.Task };
        var waits = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            var before = _rig.Time.GetUtcNow();
            var asked = _rig.Model.NextRequestAsync(_rig.Patience);
            while (!asked.IsCompleted)
            {
                var work = await worker.BeginAsync();
                if (await Task.WhenAny(work.Handling, asked) == asked)
                    await work.KillAsync();
                else
                    _rig.Time.Advance((await work.Handling).ShouldNotBeNull() - _rig.Time.GetUtcNow());
                await worker.TakeOverAsync();
            }

            waits.Add((_rig.Time.GetUtcNow() - before).TotalSeconds);
        }

        waits.ShouldBe([0, 0, 1, 2, 4]);
    }

    [Fact]
    public async Task Poisonous_message_of_a_burst_does_not_take_the_others_along()
    {
        var worker = _rig.NewWorker();
        foreach (var text in (string[])["antes", "veneno", "depois"])
            await worker.ReceiveAsync(text);
        _rig.Model.OnRequest = request => request.TurnTexts.Any(text => text.Contains("veneno", StringComparison.Ordinal)) ? ScriptedReply.Status(500) : null;

        await worker.RunAsync();

        worker.InboundStates().ShouldBe(["sent", "dead:model_Unavailable", "sent"]);
        _rig.Waha.Delivered.Select(bubble => bubble.Text.Contains("código", StringComparison.Ordinal) ? "desculpe" : bubble.Text).ShouldBe(["antes", "desculpe", "depois"]);
    }

    [Fact]
    public async Task After_a_start_only_unfinished_turns_run_for_a_while()
    {
        await using var rig = await CrashRig.StartAsync(("Turns:StartGrace", "00:00:30"));
        var first = rig.NewWorker();
        await first.ReceiveAsync("começada", "5511900000001");
        rig.Model.Enqueue(ScriptedReply.Text("nunca") with { HoldUntil = _never.Task });
        var work = await first.BeginAsync();
        await rig.Model.NextRequestAsync(rig.Patience);
        await work.KillAsync();
        await first.ReceiveAsync("nova", "5511900000002");

        var start = rig.Time.GetUtcNow();
        var second = await rig.SuccessorAsync();
        await second.RunAsync();

        rig.Waha.Delivered.Select(bubble => (bubble.Text, (bubble.At - start).TotalSeconds)).ShouldBe([("começada", 0), ("nova", 30)]);
    }

    private TestSkill Probe(SkillEffect effect, string result, Task? hold = null) => new(
        async (CancellationToken cancellationToken) =>
        {
            Interlocked.Increment(ref _runs);
            _started.TrySetResult();
            if (hold is not null)
                await hold.WaitAsync(cancellationToken);
            return result;
        })
    { Effect = effect };
}
