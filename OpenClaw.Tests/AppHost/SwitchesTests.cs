using OpenClaw.AppHost.Levels;

namespace OpenClaw.Tests.AppHost;

public sealed class SwitchesTests
{
    [Fact]
    public void Nothing_asked_for_is_everything_the_machine_has()
    {
        var switches = Switches.Parse([]);

        switches.Highest.ShouldBe(SystemLevel.Complete);
        switches.Store.ShouldBe(Store.Sqlite);
        switches.Model.ShouldBe(ModelSource.Server);
        switches.Target.ShouldBe(PublishTarget.Manifest);
        switches.Refusal.ShouldBeNull();
    }

    [Fact]
    public void They_stand_beside_Aspires_own()
    {
        var switches = Switches.Parse(["--operation", "publish", "--step", "publish", "--output-path", "out/k8s", "--Target=k8s", "--level", "OFFLINE", "--Store=Postgres", "--Model=ollama"]);

        switches.Refusal.ShouldBeNull();
        switches.Target.ShouldBe(PublishTarget.Kubernetes);
        switches.Highest.ShouldBe(SystemLevel.OfflineBrain);
        switches.Store.ShouldBe(Store.Postgres);
        switches.Model.ShouldBe(ModelSource.Ollama);
    }

    [Fact]
    public void Every_word_that_is_not_known_is_answered_with_those_that_are() =>
        Switches.Parse(["--Level=all", "--Store=mysql", "--Target=nomad"]).Refusal.ShouldBe(string.Join(
            Environment.NewLine,
            "--Level cannot be \"all\". Write one of simulator, offline, complete.",
            "--Store cannot be \"mysql\". Write one of sqlite, postgres.",
            "--Target cannot be \"nomad\". Write one of manifest, compose, k8s."));
}
