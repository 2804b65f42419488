using Aspire.Hosting.ApplicationModel;
using OpenClaw.AppHost;

namespace OpenClaw.Tests.AppHost.Model;

/// <summary>Which resources there are on each of the three levels.</summary>
public sealed class LevelModelTests
{
    [Fact]
    public async Task Without_a_container_runtime_there_is_the_Gateway_and_a_next_step()
    {
        await using var model = await ModelOf.CreateAsync(hasRuntime: false);

        Running(model).ShouldBe([ResourceNames.Gateway]);
        var given = await model.EnvironmentAsync(ResourceNames.Gateway);
        given.Keys.ShouldNotContain(key => key.StartsWith("ConnectionStrings__", StringComparison.Ordinal) || key.StartsWith("Waha__", StringComparison.Ordinal) || key.StartsWith("Ai__", StringComparison.Ordinal));
        Level(model).State!.Text.ShouldStartWith("1 of 3");
        Level(model).Properties.Length.ShouldBe(2);
    }

    [Fact]
    public async Task With_a_runtime_and_no_key_everything_runs_but_a_model_is_not_asked()
    {
        await using var model = await ModelOf.CreateAsync(hasRuntime: true, "--Parameters:owner-phone=+15550100");

        Running(model).ShouldBe([ResourceNames.Gateway, ResourceNames.Worker, ResourceNames.Redis, ResourceNames.Waha], ignoreOrder: true);
        (await model.EnvironmentAsync(ResourceNames.Worker)).Keys.ShouldNotContain(key => key.StartsWith("Ai__", StringComparison.Ordinal));
        Level(model).State!.Text.ShouldStartWith("2 of 3");
        Level(model).Properties.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task With_both_everything_is_real()
    {
        await using var model = await ModelOf.CompleteAsync();

        Running(model).ShouldBe([ResourceNames.Gateway, ResourceNames.Worker, ResourceNames.Redis, ResourceNames.Waha], ignoreOrder: true);
        var given = await model.EnvironmentAsync(ResourceNames.Worker);
        given["Ai__Main__Provider"].ShouldBe("OpenAI");
        given["Ai__Main__ApiKey"].ShouldBe("{ai-api-key.value}");
        Level(model).State!.Text.ShouldStartWith("3 of 3");
        Level(model).Properties.ShouldBeEmpty();
    }

    /// <summary>One that has neither a value nor a default would keep everything that names it waiting.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_parameter_is_asked_for_that_nobody_gave(bool hasRuntime)
    {
        await using var model = await ModelOf.CreateAsync(hasRuntime);

        model.Resources.OfType<ParameterResource>().ShouldAllBe(parameter => parameter.Default != null);
    }

    [Fact]
    public async Task Ollama_is_pulled_before_a_Worker_asks_it()
    {
        await using var model = await ModelOf.CreateAsync(hasRuntime: true, "--Model=ollama");

        Running(model).ShouldContain(ResourceNames.Ollama);
        model.WaitsFor(ResourceNames.Worker).ShouldContain(ResourceNames.OllamaPull);
        model.Volumes(ResourceNames.Ollama).ShouldBe(["openclaw-ollama:/root/.ollama"]);
        var given = await model.EnvironmentAsync(ResourceNames.Worker);
        given["Ai__Main__Endpoint"].ShouldBe("{ollama.bindings.http.url}/v1");
        given.Keys.ShouldNotContain("Ai__Main__ApiKey");
    }

    private static IEnumerable<string> Running(ModelOf model) =>
        model.Resources.Where(resource => resource is ProjectResource or ContainerResource && !resource.Name.Contains("rebuilder", StringComparison.Ordinal)).Select(resource => resource.Name);

    private static CustomResourceSnapshot Level(ModelOf model) =>
        model[ResourceNames.Level].Annotations.OfType<ResourceSnapshotAnnotation>().ShouldHaveSingleItem().InitialSnapshot;
}
