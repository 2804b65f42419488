using System.Text.RegularExpressions;
using OpenClaw.Tests.Deploy;

namespace OpenClaw.Tests.AppHost;

/// <summary>What F5 starts and what is deployed are the same programs.</summary>
public sealed partial class SharedImagesTests
{
    [Fact]
    public void The_AppHost_and_deploy_name_the_same_images()
    {
        var source = File.ReadAllText(SourceTree.File("OpenClaw.AppHost", "Images.cs"));
        var deployed = Directory.EnumerateFiles(SourceTree.File("deploy"), "*.yaml", SearchOption.AllDirectories)
            .SelectMany(file => Image().Matches(File.ReadAllText(file)).Select(match => match.Groups["image"].Value))
            .ToHashSet(StringComparer.Ordinal);

        deployed.ShouldContain("redis:" + Constant("RedisTag"));
        deployed.ShouldContain("postgres:" + Constant("PostgresTag"));
        deployed.ShouldContain($"{Constant("Ollama")}:{Constant("OllamaTag")}");
        deployed.ShouldContain($"{Constant("Waha")}:noweb-{Constant("WahaVersion")}");

        string Constant(string name) => Regex.Match(source, $"const string {name} = \"(?<value>[^\"]+)\"", RegexOptions.None, TimeSpan.FromSeconds(5)).Groups["value"].Value;
    }

    [GeneratedRegex(@"image:\s*(?:\$\{[A-Z_]+:-)?(?<image>[^\s}]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Image();
}
