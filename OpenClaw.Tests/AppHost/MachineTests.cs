using Microsoft.Extensions.Configuration;
using OpenClaw.AppHost.Levels;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.AppHost;

/// <summary>The look at the machine, with programs that are named like the real ones.</summary>
public sealed class MachineTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_empty_machine_has_no_runtime() => (await LookAsync()).ShouldBe(ContainerRuntime.None);

    [Fact]
    public async Task An_engine_that_lists_its_containers_is_one()
    {
        Install("docker", exitCode: 0);

        (await LookAsync()).ShouldBe(new ContainerRuntime("docker", Answers: true));
    }

    [Fact]
    public async Task A_client_without_an_engine_is_none_but_its_name_is_known()
    {
        Install("docker", exitCode: 1);

        (await LookAsync()).ShouldBe(new ContainerRuntime("docker", Answers: false));
    }

    [Fact]
    public async Task An_engine_that_answers_wins_over_a_client_that_comes_first()
    {
        Install("docker", exitCode: 1);
        Install("podman", exitCode: 0);

        (await LookAsync()).ShouldBe(new ContainerRuntime("podman", Answers: true));
    }

    [Fact]
    public async Task A_configured_runtime_is_the_only_one_looked_for()
    {
        Install("docker", exitCode: 0);
        Install("podman", exitCode: 1);

        (await LookAsync(configured: "podman")).ShouldBe(new ContainerRuntime("podman", Answers: false));
    }

    [Fact]
    public async Task An_engine_that_hangs_is_not_waited_for()
    {
        Install("docker", exitCode: null);

        (await LookAsync(patience: TimeSpan.FromMilliseconds(200))).ShouldBe(new ContainerRuntime("docker", Answers: false));
    }

    [Theory]
    [InlineData("Parameters:ai-api-key", true, false)]
    [InlineData("Parameters:ai_api_key", true, false)]
    [InlineData("Parameters:ai-endpoint", true, false)]
    [InlineData("Parameters:ai-model", false, false)]
    [InlineData("Parameters:owner_phone", false, true)]
    [InlineData("OPENAI_API_KEY", false, false)]
    public async Task A_model_and_an_owner_are_given_by_parameters_only(string key, bool hasModel, bool hasOwner)
    {
        (await GivenAsync(key, "value")).ShouldBe(new Machine(ContainerRuntime.None, hasModel, hasOwner));
        (await GivenAsync(key, " ")).ShouldBe(new Machine(ContainerRuntime.None, HasModel: false, HasOwner: false));
    }

    private Task<Machine> GivenAsync(string key, string value) =>
        Machine.LookAsync(new ConfigurationBuilder().AddInMemoryCollection([new("PATH", _folder.Path), new(key, value)]).Build());

    private Task<ContainerRuntime> LookAsync(string? configured = null, TimeSpan? patience = null) =>
        new ContainerRuntimeProbe(_folder.Path, patience ?? Long).LookAsync(configured, CancellationToken.None);

    private void Install(string client, int? exitCode) => FakeRuntime.Install(_folder.Path, client, exitCode);
}
