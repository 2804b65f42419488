using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.Gateway;
using OpenClaw.Tests.Deploy;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker;

namespace OpenClaw.Tests.AppHost;

/// <summary>What the AppHost and the files for deployment set, as text: a key that nobody serves would stop every process that is given it.</summary>
public sealed partial class ComposedSettingsTests : IDisposable
{
    // Of .NET, ASP.NET Core, Aspire: read by none of our options classes.
    private static readonly string[] OthersSections = ["Logging", "Kestrel", "Parameters", "Services"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_setting_of_the_AppHost_and_of_the_files_for_deployment_is_served()
    {
        await using var gateway = Build(GatewayHost.Build);
        await using var worker = Build(WorkerHost.Build);
        var served = SettingShape.Of(Served(gateway).Concat(Served(worker)));

        var unknown = Composed().SelectMany(file => Keys(File.ReadAllText(file)).Where(key => !IsKnown(key, served)).Select(key => $"{Path.GetRelativePath(SourceTree.Root, file)}: {key}"));

        unknown.ShouldBeEmpty();
    }

    [Fact]
    public void The_AppHost_sets_what_a_split_system_cannot_do_without()
    {
        var keys = Sources().SelectMany(file => Keys(File.ReadAllText(file))).ToHashSet(StringComparer.Ordinal);

        new[] { "Waha__BaseUrl", "Waha__ApiKey", "Waha__WebhookUrl", "Waha__WebhookHmacKey", "Security__MasterKey", "Admin__ApiKey" }.ShouldBeSubsetOf(keys);
    }

    [Theory]
    [InlineData("Waha__BaseUrI")]
    [InlineData("Wahaa__BaseUrl")]
    [InlineData("Ai__Small__Model")]
    [InlineData("Ai__Main")]
    [InlineData("Waha__Sessions")]
    [InlineData("ConnectionStrings__opencalw")]
    public async Task A_key_that_is_not_served_is_found(string key)
    {
        await using var gateway = Build(GatewayHost.Build);

        IsKnown(key, SettingShape.Of(Served(gateway))).ShouldBeFalse();
    }

    [Fact]
    public void Keys_are_found_in_code_in_YAML_and_in_environment_files() => Keys(
        """
        .WithEnvironment("Waha__BaseUrl", address)
          Waha__ApiKey: ${WAHA_API_KEY:?see .env.example}
          - Waha__Sessions__0=sales
          - {name: ConnectionStrings__openclaw-keys, value: x}
        #Ai__Main__Model=gpt
        ENV Storage__DataDirectory=/data
        __not__ a_b WAHA_API_KEY
        """).ShouldBe(
        ["Waha__BaseUrl", "Waha__ApiKey", "Waha__Sessions__0", "ConnectionStrings__openclaw-keys", "Ai__Main__Model", "Storage__DataDirectory"]);

    [Fact]
    public void WAHA_is_given_no_webhook_besides_the_one_that_the_Gateway_registers() =>
        Composed().Where(file => GlobalWebhook().IsMatch(File.ReadAllText(file))).ShouldBeEmpty();

    /// <summary>An SDK's version cannot come from a property.</summary>
    [Fact]
    public void The_AppHost_takes_its_SDK_in_the_version_of_its_packages()
    {
        var packages = File.ReadAllText(Path.Combine(SourceTree.Root, "Directory.Packages.props"));
        var project = File.ReadAllText(Path.Combine(SourceTree.Root, "OpenClaw.AppHost", "OpenClaw.AppHost.csproj"));

        var version = AspireVersion().Match(packages).Groups["version"].Value;

        SdkVersion().Matches(project).Select(match => match.Groups["version"].Value).ShouldBe([version, version]);
    }

    private static IEnumerable<string> Composed() => Sources().Concat(Manifests());

    private static IEnumerable<string> Sources()
    {
        var project = Path.Combine(SourceTree.Root, "OpenClaw.AppHost");
        string[] folders = [project, .. Directory.EnumerateDirectories(project).Where(folder => Path.GetFileName(folder) is not ("bin" or "obj"))];
        return folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs"));
    }

    private static IEnumerable<string> Manifests()
    {
        var deploy = Path.Combine(SourceTree.Root, "deploy");
        var files = Directory.Exists(deploy) ? Directory.EnumerateFiles(deploy, "*", SearchOption.AllDirectories) : [];
        return files.Append(Path.Combine(SourceTree.Root, "azure.yaml")).Where(file => File.Exists(file) && IsManifest(Path.GetFileName(file)));
    }

    private static bool IsManifest(string name) =>
        Path.GetExtension(name) is ".yaml" or ".yml" or ".env" || name.StartsWith(".env", StringComparison.Ordinal) || name.Contains(".env.", StringComparison.Ordinal)
        || name.Contains("Dockerfile", StringComparison.Ordinal);

    private static IEnumerable<string> Keys(string text) => Key().Matches(text).Select(match => match.Value).Distinct(StringComparer.Ordinal);

    private static bool IsKnown(string key, SettingShape served)
    {
        var names = key.Split("__");
        if (names[0] == "ConnectionStrings")
            return names.Length == 2 && SettingsCheck.OurConnections.Contains(names[1], StringComparer.Ordinal);
        if (OthersSections.Contains(names[0], StringComparer.OrdinalIgnoreCase))
            return true;

        var shape = names.Aggregate((SettingShape?)served, static (shape, name) => shape?.Entry ?? shape?.Children.GetValueOrDefault(name));
        return shape?.Value is not null;
    }

    private static IEnumerable<ServedOptions> Served(ProcessHost host) => host.App.Services.GetServices<ServedOptions>();

    private ProcessHost Build(Func<string[], StartupTalk, Action<WebApplicationBuilder>?, ProcessHost> build) => build([], new StartupTalk(TextWriter.Null), builder =>
        builder.Configuration.AddInMemoryCollection(
        [
            new("urls", ProcessSettings.AnyPort), new("Storage:DataDirectory", _folder.Path), new("Waha:BaseUrl", "http://127.0.0.1:1"), new("Waha:WebhookHmacKey", "key"),
            .. ProcessSettings.Split("127.0.0.1:1").Select(setting => KeyValuePair.Create(setting.Key.Replace("__", ":", StringComparison.Ordinal), (string?)setting.Value)),
        ]));

    [GeneratedRegex("""(?<![A-Za-z0-9_])[A-Za-z][A-Za-z0-9]*(?:__[A-Za-z0-9][A-Za-z0-9-]*)+""", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Key();

    // Written as a setting, not told of in a comment.
    [GeneratedRegex("""(?m)"WHATSAPP_HOOK_URL"|^[^#\n]*\bWHATSAPP_HOOK_URL\s*[:=]|name:\s*WHATSAPP_HOOK_URL""", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex GlobalWebhook();

    [GeneratedRegex("<AspireVersion>(?<version>.+)</AspireVersion>", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex AspireVersion();

    [GeneratedRegex("""Sdk="Aspire.AppHost.Sdk" Version="(?<version>[^"]+)" """, RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex SdkVersion();
}
