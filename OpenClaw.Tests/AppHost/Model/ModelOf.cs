using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.AppHost.Model;

/// <summary>The AppHost's resources, made and not started, on a machine that has what a test says.</summary>
internal sealed class ModelOf : IAsyncDisposable
{
    private readonly TemporaryFolder _programs;
    private readonly IDistributedApplicationTestingBuilder _builder;

    private ModelOf(TemporaryFolder programs, IDistributedApplicationTestingBuilder builder) => (_programs, _builder) = (programs, builder);

    public IResourceCollection Resources => _builder.Resources;

    /// <param name="hasRuntime">Whether a container runtime answers.</param>
    /// <param name="args">The AppHost's command line.</param>
    public static async Task<ModelOf> CreateAsync(bool hasRuntime, params string[] args)
    {
        var programs = new TemporaryFolder();
        if (hasRuntime)
            FakeRuntime.Install(programs.Path, "docker", exitCode: 0);
        return new(programs, await DistributedApplicationTestingBuilder.CreateAsync<Projects.OpenClaw_AppHost>([$"--PATH={programs.Path}", .. args]));
    }

    /// <summary>Everything real: a runtime, a key, an owner.</summary>
    public static Task<ModelOf> CompleteAsync(params string[] args) => CreateAsync(hasRuntime: true, ["--Parameters:ai-api-key=key", "--Parameters:owner-phone=+15550100", .. args]);

    public IResource this[string name] => Resources.Single(resource => resource.Name == name);

#pragma warning disable CS0618 // Its successor is for whoever starts the resource: it gives values where this gives references.
    /// <summary>What a resource is given, as a manifest would write it: references instead of values.</summary>
    public async Task<IReadOnlyDictionary<string, string>> EnvironmentAsync(string name) =>
        await ((IResourceWithEnvironment)this[name]).GetEnvironmentVariableValuesAsync(DistributedApplicationOperation.Publish);
#pragma warning restore CS0618

    public IEnumerable<string> WaitsFor(string name) => this[name].Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).Distinct(StringComparer.Ordinal);

    public IEnumerable<string> Volumes(string name) => this[name].Annotations.OfType<ContainerMountAnnotation>().Select(mount => $"{mount.Source}:{mount.Target}");

    public IEnumerable<string> Commands(string name) => this[name].Annotations.OfType<ResourceCommandAnnotation>().Select(command => command.Name);

    public async ValueTask DisposeAsync()
    {
        await _builder.DisposeAsync();
        _programs.Dispose();
    }
}
