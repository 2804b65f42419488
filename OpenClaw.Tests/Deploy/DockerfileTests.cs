using System.Text.RegularExpressions;

namespace OpenClaw.Tests.Deploy;

/// <summary>What must hold of the images, as far as their texts tell.</summary>
public sealed partial class DockerfileTests
{
    private static readonly string Text = File.ReadAllText(SourceTree.File("deploy", "images", "Dockerfile"));

    [Fact]
    public void There_is_a_small_and_an_equipped_image_of_each_host() =>
        Stages().Keys.ShouldBe(["build", "small", "tools", "gateway", "worker", "gateway-tools", "worker-tools"]);

    [Theory]
    [InlineData("gateway", "small", "Gateway", 5080)]
    [InlineData("worker", "small", "Worker", 5081)]
    [InlineData("gateway-tools", "tools", "Gateway", 5080)]
    [InlineData("worker-tools", "tools", "Worker", 5081)]
    public void A_host_starts_its_program_and_asks_it_how_it_is(string stage, string from, string host, int port)
    {
        var (image, body) = Stages()[stage];

        image.ShouldBe(from);
        body.ShouldContain($"COPY --from=build /out/{host.ToLowerInvariant()} ./");
        body.ShouldContain($"ENTRYPOINT [\"dotnet\", \"OpenClaw.{host}.dll\"]");
        body.ShouldContain($"CMD [\"dotnet\", \"OpenClaw.{host}.dll\", \"health\"]");
        body.ShouldContain($"ASPNETCORE_URLS=http://+:{port}");
        body.ShouldContain($"EXPOSE {port}");
        body.ShouldNotContain("USER");
    }

    [Theory]
    [InlineData("small")]
    [InlineData("tools")]
    public void It_runs_without_root_and_its_data_belongs_to_its_user(string stage)
    {
        var (image, body) = Stages()[stage];

        image.ShouldStartWith("mcr.microsoft.com/dotnet/aspnet:10.0-noble");
        body.ShouldContain("COPY --from=build --chown=$APP_UID:$APP_UID /out/data /data");
        body.ShouldContain("Storage__DataDirectory=/data");
        body.ShouldContain("VOLUME /data");
        body.TrimEnd().ShouldEndWith("USER $APP_UID");
    }

    [Fact]
    public void The_small_image_has_time_zones_and_languages() => Stages()["small"].Image.ShouldEndWith("-chiseled-extra");

    [Fact]
    public void An_image_without_a_Dockerfile_has_the_same_base() =>
        File.ReadAllText(SourceTree.File("Directory.Build.props")).ShouldContain($"<ContainerBaseImage>{Stages()["small"].Image}</ContainerBaseImage>");

    [Fact]
    public void Everything_that_is_built_is_sent_to_the_builder_and_no_secret_is()
    {
        var lines = File.ReadAllLines(SourceTree.File(".dockerignore"));

        lines.First(line => !line.StartsWith('#')).ShouldBe("**");
        foreach (var needed in (string[])["global.json", "Directory.Build.props", "Directory.Packages.props", ".editorconfig", "OpenClaw.Core", "OpenClaw.ServiceDefaults", "OpenClaw.Gateway", "OpenClaw.Worker"])
        {
            lines.ShouldContain("!" + needed);
            Path.Exists(SourceTree.File(needed)).ShouldBeTrue(needed);
        }

        lines.ShouldContain("**/.env");
    }

    private static Dictionary<string, (string Image, string Body)> Stages() => Stage().Matches(Text).ToDictionary(
        match => match.Groups["name"].Value, match => (match.Groups["image"].Value, match.Groups["body"].Value), StringComparer.Ordinal);

    [GeneratedRegex(@"^FROM (?:--platform=\S+ )?(?<image>\S+) AS (?<name>\S+)\n(?<body>.*?)(?=^FROM |\z)", RegexOptions.CultureInvariant | RegexOptions.Multiline | RegexOptions.Singleline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stage();
}
