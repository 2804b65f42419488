using System.Diagnostics;
using System.Text.Json;
using OpenClaw.AppHost;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.AppHost.Model;

/// <summary>What the AppHost writes, by its own process: manifest, compose file, Helm chart.</summary>
public sealed class PublishTests : IDisposable
{
    private static readonly (string Key, string Value)[] Given =
    [
        ("Parameters__master_key", "planted-master"), ("Parameters__owner_phone", "planted-phone"), ("Parameters__ai_api_key", "planted-key"),
        ("Parameters__waha_api_key", "planted-waha"), ("Parameters__webhook_hmac_key", "planted-hmac"), ("Parameters__admin_api_key", "planted-admin"),
        ("Parameters__redis_password", "planted-redis"), ("Parameters__postgres_password", "planted-postgres"),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_manifest_holds_the_whole_system_asks_for_its_databases_and_holds_no_secret()
    {
        var file = Path.Combine(_folder.Path, "manifest.json");

        (await RunAsync(Given, "--publisher", "manifest", "--output-path", file)).ShouldBe(0);

        var text = await File.ReadAllTextAsync(file);
        text.ShouldNotContain("planted");
        var resources = JsonDocument.Parse(text).RootElement.GetProperty("resources");
        foreach (var name in new[] { ResourceNames.Gateway, ResourceNames.Worker, ResourceNames.Redis, ResourceNames.Waha, ResourceNames.Database, ResourceNames.KeysDatabase })
            resources.TryGetProperty(name, out _).ShouldBeTrue(name);
        resources.TryGetProperty(ResourceNames.Level, out _).ShouldBeFalse();
        // Its volume would be a share on which it does not start.
        resources.TryGetProperty(ResourceNames.Postgres, out _).ShouldBeFalse();
        foreach (var name in new[] { ResourceNames.Database, ResourceNames.KeysDatabase })
            resources.GetProperty(ResourceNames.Worker).GetProperty("env").GetProperty("ConnectionStrings__" + name).GetString().ShouldNotBeNull().ShouldContain(name);
        resources.GetProperty(ResourceNames.Redis).GetProperty("args")[1].GetString().ShouldEndWith("--appendonly yes --appendfsync everysec");
        resources.GetProperty(ResourceNames.Gateway).GetProperty("env").GetProperty("Waha__WebhookUrl").GetString().ShouldBe("{gateway.bindings.http.url}/webhooks/waha");
    }

    [Fact]
    public async Task The_compose_file_has_two_Workers_an_append_only_file_and_one_open_port()
    {
        (await PublishAsync("compose", Given)).ShouldBe(0);

        var text = Written("docker-compose.yaml");
        text.ShouldContain("replicas: 2");
        text.ShouldContain("--appendonly yes --appendfsync everysec");
        text.ShouldContain("Waha__WebhookUrl: \"http://gateway:8080/webhooks/waha\"");
        text.ShouldContain("- \"127.0.0.1:5080:8080\"");
        text.ShouldContain("ASPNETCORE_URLS: \"http://+:8080\"");
        text.Split('\n').Count(line => line.Trim() == "ports:").ShouldBe(1);
        text.ShouldNotContain("planted");
    }

    [Fact]
    public async Task Ollama_is_published_to_compose_with_its_download_and_not_to_Kubernetes()
    {
        (await PublishAsync("compose", Given, "--Model=ollama")).ShouldBe(0);
        Written("docker-compose.yaml").ShouldContain("service_completed_successfully");

        (await PublishAsync("k8s", Given, "--Model=ollama")).ShouldBe(2);
    }

    [Fact]
    public async Task The_chart_claims_volumes_and_probes_the_processes()
    {
        (await PublishAsync("k8s", Given)).ShouldBe(0);

        var written = string.Join('\n', Directory.EnumerateFiles(_folder.Path, "*.yaml", SearchOption.AllDirectories).Select(File.ReadAllText));
        written.ShouldContain("PersistentVolumeClaim");
        written.ShouldNotContain("emptyDir");
        written.ShouldContain("/alive");
        written.ShouldContain("/health");
        written.ShouldContain("--appendonly yes --appendfsync everysec");
        written.ShouldContain("replicas: 2");
        written.ShouldNotContain("planted");
    }

    [Fact]
    public async Task A_chart_is_refused_by_name_of_what_is_missing_instead_of_waiting_for_ever() => (await PublishAsync("k8s", [])).ShouldBe(2);

    private Task<int> PublishAsync(string target, (string, string)[] given, params string[] args) =>
        RunAsync(given, ["--operation", "publish", "--step", "publish", "--output-path", _folder.Path, $"--Target={target}", .. args]);

    private string Written(string name) => File.ReadAllText(Directory.EnumerateFiles(_folder.Path, name, SearchOption.AllDirectories).ShouldHaveSingleItem());

    private async Task<int> RunAsync((string Key, string Value)[] given, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "OpenClaw.AppHost.dll"), .. args]) { UseShellExecute = false };
        // Aspire keeps what a chart was made with there, in clear.
        start.Environment["HOME"] = start.Environment["USERPROFILE"] = _folder.Path;
        foreach (var (key, value) in given)
            start.Environment[key] = value;
        using var process = Process.Start(start)!;
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
