using OpenClaw.AppHost.Levels;

namespace OpenClaw.Tests.AppHost;

/// <summary>What is started on which machine. The code is the AppHost's own, compiled into the tests where Aspire is not to be had.</summary>
public sealed class SystemPlanTests
{
    private static readonly ContainerRuntime Running = new("docker", Answers: true);

    [Fact]
    public void Without_a_container_runtime_one_process_runs_with_the_simulator()
    {
        var plan = Plan(new(ContainerRuntime.None, HasModel: false, HasOwner: false));

        plan.Level.ShouldBe(SystemLevel.Simulator);
        plan.IsSplit.ShouldBeFalse();
        plan.Model.ShouldBeNull();
        plan.Notices.Count.ShouldBe(2);
        plan.Notices[0].ShouldContain("install Docker or Podman");
        plan.Notices[1].ShouldContain("user-secrets --project OpenClaw.AppHost set Parameters:ai-api-key");
    }

    [Theory]
    [InlineData("docker")]
    [InlineData("podman")]
    public void A_client_whose_engine_does_not_answer_is_no_runtime_and_the_notice_says_how_to_start_it(string client)
    {
        var plan = Plan(new(new(client, Answers: false), HasModel: true, HasOwner: true));

        plan.Level.ShouldBe(SystemLevel.Simulator);
        plan.Notices.ShouldHaveSingleItem().ShouldStartWith($"{client} is installed but its engine does not answer");
    }

    [Fact]
    public void A_model_that_is_given_answers_in_one_process_too()
    {
        var plan = Plan(new(ContainerRuntime.None, HasModel: true, HasOwner: false));

        plan.Level.ShouldBe(SystemLevel.Simulator);
        plan.Model.ShouldBe(ModelSource.Server);
    }

    [Fact]
    public void Without_a_model_the_whole_system_runs_with_the_offline_brain()
    {
        var plan = Plan(new(Running, HasModel: false, HasOwner: true));

        plan.Level.ShouldBe(SystemLevel.OfflineBrain);
        plan.IsSplit.ShouldBeTrue();
        plan.Model.ShouldBeNull();
        plan.Notices.ShouldHaveSingleItem().ShouldContain("--Model=ollama");
    }

    [Fact]
    public void With_both_everything_is_real_and_nothing_is_noticed()
    {
        var plan = Plan(new(Running, HasModel: true, HasOwner: true));

        plan.Level.ShouldBe(SystemLevel.Complete);
        plan.Model.ShouldBe(ModelSource.Server);
        plan.Store.ShouldBe(Store.Sqlite);
        plan.Notices.ShouldBeEmpty();
    }

    [Fact]
    public void Where_nobody_is_allowed_on_WhatsApp_the_notice_says_who_could_be() =>
        Plan(new(Running, HasModel: true, HasOwner: false)).Notices.ShouldHaveSingleItem().ShouldContain("Parameters:owner-phone");

    [Fact]
    public void Ollama_is_a_model_without_a_key()
    {
        var plan = Plan(new(Running, HasModel: false, HasOwner: true), "--Model=ollama");

        plan.Level.ShouldBe(SystemLevel.Complete);
        plan.Model.ShouldBe(ModelSource.Ollama);
        plan.Notices.ShouldBeEmpty();
    }

    [Fact]
    public void Ollama_without_a_container_runtime_is_pointed_to_one_of_the_developers_own()
    {
        var plan = Plan(new(ContainerRuntime.None, HasModel: false, HasOwner: false), "--Model=ollama");

        plan.Model.ShouldBeNull();
        plan.Notices.ShouldContain(notice => notice.Contains("Parameters:ai-endpoint http://localhost:11434/v1", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--Level=simulator", 1)]
    [InlineData("--Level=offline", 2)]
    [InlineData("--Level=complete", 3)]
    public void A_profile_asks_for_a_level_at_most_and_misses_nothing_above_it(string level, int expected)
    {
        var plan = Plan(new(Running, HasModel: true, HasOwner: true), level);

        ((int)plan.Level).ShouldBe(expected);
        plan.Notices.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("--Level=offline")]
    [InlineData("--Level=complete")]
    public void A_profile_that_asks_for_more_than_the_machine_has_gets_what_there_is_and_a_next_step(string level)
    {
        var plan = Plan(new(ContainerRuntime.None, HasModel: true, HasOwner: true), level);

        plan.Level.ShouldBe(SystemLevel.Simulator);
        plan.Notices.ShouldHaveSingleItem().ShouldContain("install Docker or Podman");
    }

    [Fact]
    public void A_model_that_is_given_does_not_answer_where_the_offline_brain_was_asked_for() =>
        Plan(new(ContainerRuntime.None, HasModel: true, HasOwner: true), "--Level=offline").Model.ShouldBeNull();

    [Fact]
    public void Nobody_who_asked_for_the_simulator_is_told_to_install_anything() =>
        Plan(new(ContainerRuntime.None, HasModel: false, HasOwner: false), "--Level=simulator").Notices.ShouldBeEmpty();

    [Fact]
    public void PostgreSQL_is_an_option_of_the_whole_system_only()
    {
        Plan(new(Running, HasModel: true, HasOwner: true), "--Store=postgres").Store.ShouldBe(Store.Postgres);

        var alone = Plan(new(Running, HasModel: true, HasOwner: true), "--Level=simulator", "--Store=postgres");
        alone.Store.ShouldBe(Store.Sqlite);
        alone.Notices.ShouldHaveSingleItem().ShouldStartWith("--Store=postgres needs the whole system");
    }

    [Theory]
    [InlineData(null, 3, ModelSource.Server)]
    [InlineData("--Level=offline", 2, null)]
    [InlineData("--Level=simulator", 2, null)]
    internal void A_publish_is_the_whole_system_on_PostgreSQL_whatever_this_machine_has(string? level, int expected, ModelSource? model)
    {
        var plan = SystemPlan.ForPublishing(Switches.Parse(level is null ? [] : [level]));

        ((int)plan.Level).ShouldBe(expected);
        plan.Model.ShouldBe(model);
        plan.Store.ShouldBe(Store.External);
        plan.Notices.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("compose")]
    [InlineData("k8s")]
    public void Where_volumes_are_disks_PostgreSQL_is_published_with_the_rest(string target) =>
        SystemPlan.ForPublishing(Switches.Parse(["--Target=" + target])).Store.ShouldBe(Store.Postgres);

    private static SystemPlan Plan(Machine machine, params string[] args) => SystemPlan.For(machine, Switches.Parse(args));
}
