using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker;
using OpenClaw.Worker.Inbox;

namespace OpenClaw.Tests.Startup;

/// <summary>One environment file for the Gateway and its Workers, and the machine that they run on.</summary>
public sealed class SplitSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_Worker_knows_the_settings_that_only_the_Gateway_serves_and_serves_all_others()
    {
        await using var gateway = Build(GatewayHost.Build);
        await using var worker = Build(WorkerHost.Build);

        Keys(gateway).Except(Keys(worker), StringComparer.Ordinal).ShouldBe(SettingsCheck.GatewayOnly, ignoreOrder: true);
        Keys(worker).Except(Keys(gateway), StringComparer.Ordinal).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, null, true)]
    [InlineData("localhost", null, false)]
    [InlineData("localhost", "embedded", true)]
    [InlineData(null, "External", false)]
    public void A_Gateway_with_Redis_answers_only_when_it_is_told_to(string? redis, string? mode, bool embedded) =>
        WorkerOptions.IsEmbedded(Configuration(("ConnectionStrings:redis", redis), ("Worker:Mode", mode))).ShouldBe(embedded);

    [Theory]
    [InlineData("localhost", "localhost:6379")]
    [InlineData("redis:7000,password=planted,abortConnect=false", "redis:7000")]
    [InlineData("a:1, b:2,user=planted", "a:1, b:2")]
    [InlineData("redis:7000,password=pla,nted,ssl=true", "redis:7000")]
    [InlineData("redis://planted:planted@redis:7000", "redis:7000")]
    [InlineData("[::1]:7000", "[::1]:7000")]
    [InlineData("not an address", "(not an address)")]
    [InlineData(" ", null)]
    [InlineData(null, null)]
    public void Of_Redis_only_host_and_port_are_shown(string? text, string? shown) =>
        SplitMode.RedisAddress(Configuration(("ConnectionStrings:redis", text))).ShouldBe(shown);

    [Theory]
    [InlineData("redis:6379,password=planted", "redis:6379,password=(set, hidden)")]
    [InlineData("redis:6379,ssl=true,Password = pla;nt,ed=", "redis:6379,ssl=true,Password=(set, hidden)")]
    [InlineData("redis://user:planted@redis:6379", "redis://redis:6379")]
    public void Its_credentials_are_masked_in_the_list_of_settings(string text, string shown) =>
        SettingMask.Show("ConnectionStrings:redis", text).ShouldBe(shown);

    [Fact]
    public async Task A_Worker_on_another_kernel_than_the_Gateway_is_told_to_use_PostgreSQL()
    {
        await using (var gateway = Build(GatewayHost.Build, kernel: "here"))
        {
            await gateway.StartAsync();
            await gateway.StopAsync();
        }

        await using var elsewhere = Build(WorkerHost.Build, kernel: "elsewhere");
        var refused = await Should.ThrowAsync<StartupException>(() => elsewhere.StartAsync());
        refused.Message.ShouldContain("use PostgreSQL (ConnectionStrings__openclaw=Host=...)");
        refused.Message.ShouldContain("was restarted since, start the Gateway first");
    }

    [Fact]
    public async Task A_Worker_that_comes_before_the_first_Gateway_speaks_for_its_kernel_until_the_Gateway_does()
    {
        await RunAsync(WorkerHost.Build, "here");
        await Should.ThrowAsync<StartupException>(() => RunAsync(WorkerHost.Build, "elsewhere"));

        await RunAsync(GatewayHost.Build, "elsewhere");

        await RunAsync(WorkerHost.Build, "elsewhere");
        await Should.ThrowAsync<StartupException>(() => RunAsync(WorkerHost.Build, "here"));
    }

    private async Task RunAsync(Func<string[], StartupTalk, Action<WebApplicationBuilder>?, ProcessHost> build, string kernel)
    {
        await using var host = Build(build, kernel);
        await host.StartAsync();
        await host.StopAsync();
    }

    private ProcessHost Build(Func<string[], StartupTalk, Action<WebApplicationBuilder>?, ProcessHost> build, string kernel = "here") => build([], new StartupTalk(TextWriter.Null), builder =>
    {
        builder.Configuration.AddInMemoryCollection(
        [
            new("urls", ProcessSettings.AnyPort), new("Storage:DataDirectory", _folder.Path), new("Waha:BaseUrl", "http://127.0.0.1:1"), new("Waha:WebhookHmacKey", "key"),
            new("Logging:Console:LogLevel:Default", "None"),
            .. ProcessSettings.Split("127.0.0.1:1").Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)),
        ]);
        builder.Services.AddSingleton(new KernelId(kernel));
        builder.Services.AddSingleton(new OpenClaw.ServiceDefaults.Shutdown.DrainTime(TimeSpan.Zero));
    });

    private static List<string> Keys(ProcessHost host) =>
        [.. SettingShape.Of(host.App.Services.GetServices<ServedOptions>()).Settable().Select(shape => shape.Path)];

    private static IConfiguration Configuration(params (string Key, string? Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value))).Build();
}
