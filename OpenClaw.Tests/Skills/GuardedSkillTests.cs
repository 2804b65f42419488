using OpenClaw.Core.Integrations;
using OpenClaw.Worker.Skills;

namespace OpenClaw.Tests.Skills;

/// <summary>A skill that depends on something outside: when that fails for everybody, the model is told and nothing is called.</summary>
public sealed class GuardedSkillTests
{
    [Fact]
    public async Task One_that_keeps_failing_is_left_alone_and_the_model_is_told_so()
    {
        var calls = 0;
        var fails = true;
        var time = new HandTime();
        using var bench = new SkillBench(time, _ => new TestSkill(() =>
        {
            calls++;
            return fails ? throw new HttpRequestException("secret.example") : "result";
        })
        { LeavesProcess = true });
        for (var i = 0; i < 10; i++)
            (await bench.RunAsync("probe")).Text.ShouldContain("failed unexpectedly");

        var refused = await bench.RunAsync("probe");

        refused.Status.ShouldBe(SkillStatus.Failed);
        refused.Text.ShouldContain("not available at the moment");
        refused.Text.ShouldNotContain("secret");
        bench.Audit.Events[^1].ShouldContain("not_available");
        calls.ShouldBe(10);

        fails = false;
        time.Advance(TimeSpan.FromSeconds(5));
        (await bench.RunAsync("probe")).Text.ShouldBe("result");
        bench.Integrations.Skill("probe").IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_skill_refuses_or_reports_as_failed_is_an_answer()
    {
        using var bench = new SkillBench(new TestSkill(string () => throw SkillException.Failed("No such city.", "unknown_city")) { LeavesProcess = true });

        for (var i = 0; i < 20; i++)
            (await bench.RunAsync("probe")).Text.ShouldBe("No such city.");

        bench.Integrations.Skill("probe").IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task One_that_stays_in_the_process_has_no_breaker()
    {
        using var bench = new SkillBench(new TestSkill(string () => throw new InvalidOperationException()));

        for (var i = 0; i < 20; i++)
            (await bench.RunAsync("probe")).Text.ShouldContain("failed unexpectedly");

        bench.Integrations.All.ShouldAllBe(status => status.Kind != IntegrationKind.Skill);
    }
}
