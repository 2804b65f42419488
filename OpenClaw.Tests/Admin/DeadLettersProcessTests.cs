using System.Text.Json;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Admin;

/// <summary>The command line of dead letters as people run it: the program itself, beside a Gateway and after it.</summary>
public sealed class DeadLettersProcessTests
{
    [SkippableFact]
    public async Task Beside_a_Gateway_the_program_asks_it_and_after_its_end_opens_the_data_itself()
    {
        await using var system = await RunningSystem.StartAsync(isSplit: false, ("Turns__MaxAttempts", "1"));
        var ids = await DieAsync(system, "um", "dois");

        var replayed = await system.CommandAsync("dead-letters", "replay", ids[0]);

        replayed.ShouldBe((0, $"{ids[0]}: It is replayed. It is answered now.", ""));
        (await WaitAsync(system, 3))[2].Text.ShouldEndWith("um");
        await EndAsync(system.Gateway);
        (await ListAsync(system)).ShouldBe([ids[1]]);
        (await system.CommandAsync("dead-letters", "show", ids[1])).Output.ShouldEndWith("dois");
        var offline = await system.CommandAsync("dead-letters", "replay", ids[1]);
        offline.ShouldBe((0, $"{ids[1]}: It is replayed. No Gateway runs: it is answered when one is started.", ""));
        (await system.CommandAsync("dead-letters", "replay", ids[1])).Code.ShouldBe(4);
        (await system.CommandAsync("dead-letters", "show", ids[1])).Code.ShouldBe(3);
        system.Waha.Delivered.Count.ShouldBe(3);
    }

    [SkippableFact]
    public async Task With_the_Gateway_dead_the_program_opens_the_data_beside_the_Worker_which_answers()
    {
        await using var system = await RunningSystem.StartAsync(isSplit: true, ("Turns__MaxAttempts", "1"));
        var ids = await DieAsync(system, "um");
        await system.Gateway.KillAsync();

        (await ListAsync(system)).ShouldBe(ids);
        var replayed = await system.CommandAsync("dead-letters", "replay", ids[0]);

        replayed.ShouldBe((0, $"{ids[0]}: It is replayed. A Worker takes it within seconds, if one runs.", ""));
        (await WaitAsync(system, 2))[1].Text.ShouldEndWith("um");
    }

    /// <returns>The letters, oldest first, once the model is back.</returns>
    private static async Task<string[]> DieAsync(RunningSystem system, params string[] texts)
    {
        system.Model.OnRequest = _ => ScriptedReply.Status(500);
        for (var i = 0; i < texts.Length; i++)
        {
            using var response = await system.PostAsync(texts[i]);
            response.EnsureSuccessStatusCode();
            await WaitAsync(system, i + 1);
        }

        system.Model.OnRequest = null;
        var ids = await ListAsync(system);
        ids.Length.ShouldBe(texts.Length);
        return [.. ids.Reverse()];
    }

    private static async Task<string[]> ListAsync(RunningSystem system)
    {
        var (code, output, errors) = await system.CommandAsync("dead-letters", "list", "--json");
        (code, errors).ShouldBe((0, ""));
        return [.. JsonDocument.Parse(output).RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!)];
    }

    private static async Task<IReadOnlyList<FakeWahaBubble>> WaitAsync(RunningSystem system, int bubbles)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        return await system.Waha.WaitForBubblesAsync(bubbles, patience.Token);
    }

    private static async Task EndAsync(OpenClawProcess process)
    {
        await process.TerminateAsync();
        (await process.WaitForExitAsync()).ShouldBe(0);
    }
}
