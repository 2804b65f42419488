using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.Startup;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker;

namespace OpenClaw.Tests.Startup;

/// <summary>In Development, where an AppHost starts them, hosts are refused that could not make one of their parts, needed or not.</summary>
public sealed class DevelopmentStartTests : IDisposable
{
    private static readonly (string Key, string Value)[] Split =
    [
        ("Waha__BaseUrl", "http://127.0.0.1:1"), ("Waha__WebhookHmacKey", "key"), .. ProcessSettings.Split("127.0.0.1:1"),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_Gateway_that_answers_has_all_its_parts() => await BuildAsync(GatewayHost.Build, []);

    [Fact]
    public async Task A_Gateway_that_answers_nobody_has_all_its_parts() => await BuildAsync(GatewayHost.Build, Split);

    [Fact]
    public async Task A_Gateway_that_answers_besides_Workers_has_all_its_parts() => await BuildAsync(GatewayHost.Build, [.. Split, ("Worker__Mode", "Embedded")]);

    [Fact]
    public async Task A_Worker_has_all_its_parts() => await BuildAsync(WorkerHost.Build, Split);

    private async Task BuildAsync(Func<string[], StartupTalk, Action<WebApplicationBuilder>?, ProcessHost> build, (string Key, string Value)[] settings)
    {
        await using var host = build(["--environment=Development"], new StartupTalk(TextWriter.Null), builder =>
        {
            builder.Environment.EnvironmentName.ShouldBe("Development");
            builder.Configuration.AddInMemoryCollection(
            [
                new("urls", ProcessSettings.AnyPort), new("Storage:DataDirectory", _folder.Path), new("Logging:Console:LogLevel:Default", "None"),
                .. settings.Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)),
            ]);
            builder.Services.AddSingleton(new KernelId("here"));
        });
    }
}
