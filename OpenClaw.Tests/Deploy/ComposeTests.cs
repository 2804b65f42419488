using System.Globalization;
using System.Text.Json.Nodes;

namespace OpenClaw.Tests.Deploy;

/// <summary>What must hold of <c>deploy/compose</c>, whichever of its files are chosen.</summary>
public sealed class ComposeTests
{
    /// <summary>Memory of the server that the main file is made for, and what the system and Docker need of it, MiB.</summary>
    private const long Server = 2048, ForTheSystem = 512;

    private static readonly string[] Public = ["gateway", "grafana"];
    private static readonly string[] ToTheInternet = ["gateway", "worker", "waha", "grafana", "ollama"];
    private static readonly string[] MayBeUnset = ["AI_API_KEY"];

    public static TheoryData<string, string> Choices()
    {
        var choices = new TheoryData<string, string>();
        foreach (var service in ComposeProject.Files.SelectMany(file => new ComposeProject(Chosen(file)).Services.Select(service => (file, service.Key))))
            choices.Add(service.file, service.Key);
        return choices;
    }

    public static TheoryData<string, string> Hosts()
    {
        var hosts = new TheoryData<string, string>();
        foreach (var file in ComposeProject.Files)
        {
            hosts.Add(file, "gateway");
            hosts.Add(file, "worker");
        }

        return hosts;
    }

    [Fact]
    public void There_are_the_main_file_and_three_to_add() =>
        ComposeProject.Files.ShouldBe(["compose.metrics.yaml", "compose.ollama.yaml", "compose.postgres.yaml", ComposeProject.Main]);

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_service_is_pinned_bounded_watched_and_ends_in_peace(string file, string name)
    {
        var service = Service(file, name);

        Images.ShouldBePinned(Filled(service.Text("image")));
        service.Text("restart").ShouldBe("unless-stopped");
        service.List("healthcheck", "test").Count().ShouldBeGreaterThan(1);
        service.Text("healthcheck", "timeout").ShouldNotBeNull();
        ComposeProject.Megabytes(Filled(service.Text("deploy", "resources", "limits", "memory"))).ShouldBeGreaterThan(0);
        decimal.Parse(service.Text("deploy", "resources", "limits", "cpus")!, CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
        service.Text("deploy", "resources", "limits", "pids").ShouldNotBeNull();
        service.Text("stop_grace_period").ShouldNotBeNull();
        service.Text("logging", "options", "max-size").ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_service_can_do_no_more_than_it_needs(string file, string name)
    {
        var service = Service(file, name);

        service.List("cap_drop").Select(each => each.ToString()).ShouldBe(["ALL"]);
        service.List("security_opt").Select(each => each.ToString()).ShouldBe(["no-new-privileges:true"]);
        service.Text("read_only").ShouldBe(name == "waha" ? "false" : "true");
        service.List("tmpfs").ShouldNotBeEmpty();
        string[] dangerous = ["privileged", "cap_add", "network_mode", "pid", "ipc", "devices", "container_name"];
        service.Map().Select(entry => entry.Key).Intersect(dangerous).ShouldBeEmpty();
        service.List("volumes").ShouldAllBe(volume => !volume.ToString().Contains("docker.sock"));
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void Only_the_Gateway_and_Grafana_are_published_and_only_on_this_machine(string file, string name)
    {
        var service = Service(file, name);

        service.List("ports").Count().ShouldBe(Public.Contains(name) ? 1 : 0);
        service.List("ports").ShouldAllBe(port => Filled(port.ToString()).StartsWith("127.0.0.1:"));
        var networks = service.List("networks").Select(network => network.ToString()).ToList();
        networks.ShouldContain("inside");
        networks.Contains("outside").ShouldBe(ToTheInternet.Contains(name));
        new ComposeProject(Chosen(file)).Root.Text("networks", "inside", "internal").ShouldBe("true");
    }

    [Theory]
    [MemberData(nameof(Choices))]
    public void A_volume_is_declared_and_a_file_exists(string file, string name)
    {
        var project = new ComposeProject(Chosen(file));
        foreach (var source in project.Service(name).List("volumes").Select(volume => volume.ToString().Split(':')[0]))
        {
            if (source.StartsWith("./", StringComparison.Ordinal))
                Path.Exists(SourceTree.File("deploy", "compose", source)).ShouldBeTrue(source);
            else
                project.Root.At("volumes").ShouldBeOfType<JsonObject>().ContainsKey(source).ShouldBeTrue(source);
        }

        foreach (var (needed, condition) in project.Service(name).Map("depends_on"))
        {
            condition.Text("condition").ShouldBe("service_healthy");
            project.Service(needed).ShouldNotBeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task What_is_set_is_accepted_by_Gateway_and_Worker(string file, string name) =>
        await HostSettingsOf.ShouldBeAcceptedAsync(name, new ComposeProject(Chosen(file)).Environment(name, Values()));

    [Fact]
    public void Every_variable_is_explained_in_the_example_and_every_line_of_it_is_used()
    {
        var used = ComposeProject.Files.SelectMany(ComposeProject.Variables).Select(variable => variable.Name).Append("COMPOSE_FILE").Distinct().Order(StringComparer.Ordinal);

        ComposeProject.ExampleVariables().Keys.Order(StringComparer.Ordinal).ShouldBe(used);
    }

    [Fact]
    public void A_default_in_the_files_is_the_one_of_the_example()
    {
        var example = ComposeProject.ExampleVariables();

        foreach (var (name, _, rest) in ComposeProject.Variables(ComposeProject.Main).Where(variable => variable.Operator == ":-"))
            example[name].ShouldBe(rest, name);
    }

    [Fact]
    public void No_secret_has_a_default()
    {
        foreach (var (name, @operator, rest) in ComposeProject.Files.SelectMany(ComposeProject.Variables).Where(variable => IsSecret(variable.Name)))
        {
            (@operator, rest.Length > 0).ShouldBe(MayBeUnset.Contains(name) ? (":-", false) : (":?", true), name);
            ComposeProject.ExampleVariables()[name].ShouldBeOneOf("", null);
        }

        var written = ComposeProject.Files.SelectMany(file => new ComposeProject(file).Services)
            .SelectMany(service => service.Value.Map("environment"))
            .Where(entry => IsSecret(entry.Key))
            .ToList();
        written.Count.ShouldBeGreaterThan(8);
        written.ShouldAllBe(entry => entry.Value!.ToString().StartsWith("${"));
    }

    [Fact]
    public void The_main_file_fits_a_small_server()
    {
        var sum = new ComposeProject(ComposeProject.Main).Services.Sum(service =>
            ComposeProject.Megabytes(service.Value.Text("deploy", "resources", "limits", "memory")!)
            * int.Parse(service.Value.Text("deploy", "replicas") ?? "1", CultureInfo.InvariantCulture));

        sum.ShouldBeLessThanOrEqualTo(Server - ForTheSystem);
        new ComposeProject(ComposeProject.Main).Service("worker").Text("deploy", "replicas").ShouldBe("2");
    }

    [Theory]
    [InlineData("gateway")]
    [InlineData("worker")]
    public void A_host_has_more_time_to_end_than_it_takes(string name)
    {
        var service = new ComposeProject(ComposeProject.Main).Service(name);

        int.Parse(service.Text("stop_grace_period")!.TrimEnd('s'), CultureInfo.InvariantCulture).ShouldBeGreaterThan(30);
        service.List("healthcheck", "test").Select(each => each.ToString()).ShouldBe(["CMD", "dotnet", $"OpenClaw.{char.ToUpperInvariant(name[0])}{name[1..]}.dll", "health"]);
        service.List("volumes").Select(volume => volume.ToString()).ShouldBe(["data:/data"]);
    }

    [Fact]
    public void WAHA_keeps_its_login_and_its_media_and_gets_the_same_secrets()
    {
        var project = new ComposeProject(ComposeProject.Main);
        var values = Values();

        project.Service("waha").List("volumes").Select(volume => volume.ToString()).ShouldBe(["waha-sessions:/app/.sessions", "waha-media:/app/.media"]);
        var waha = project.Environment("waha", values);
        var gateway = project.Environment("gateway", values);
        waha["WAHA_API_KEY"].ShouldBe(gateway["Waha__ApiKey"]);
        // The Gateway registers it at the session; a global one besides would deliver everything twice.
        waha.Keys.ShouldNotContain(key => key.StartsWith("WHATSAPP_HOOK"));
        gateway["Waha__WebhookUrl"].ShouldBe("http://gateway:5080/webhooks/waha");
    }

    [Fact]
    public void Redis_wants_the_password_that_the_others_give()
    {
        var project = new ComposeProject(ComposeProject.Main);

        project.Service("redis").Text("command").ShouldNotBeNull().ShouldContain("--requirepass \"$$REDIS_PASSWORD\" --appendonly yes");
        var password = project.Environment("redis", Values())["REDIS_PASSWORD"];
        foreach (var host in (string[])["gateway", "worker"])
            project.Environment(host, Values())["ConnectionStrings__redis"].ShouldBe($"redis:6379,password={password}");
    }

    private static string[] Chosen(string file) => file == ComposeProject.Main ? [file] : [ComposeProject.Main, file];

    private static JsonNode Service(string file, string name) => new ComposeProject(Chosen(file)).Service(name);

    private static string Filled(string? text) => ComposeProject.Interpolate(text.ShouldNotBeNull(), new Dictionary<string, string>());

    private static bool IsSecret(string name) => name.EndsWith("KEY", StringComparison.OrdinalIgnoreCase) || name.EndsWith("PASSWORD", StringComparison.OrdinalIgnoreCase);

    private static Dictionary<string, string> Values() => ComposeProject.ExampleVariables().ToDictionary(
        variable => variable.Key,
        variable => variable.Key switch
        {
            "OPENCLAW_OWNER" => "+55 11 98765-4321",
            "OPENCLAW_MASTER_KEY" => Convert.ToBase64String(new byte[32]),
            "AI_API_KEY" => "",
            var name when IsSecret(name) => name.ToLowerInvariant() + "-of-the-test",
            _ => variable.Value ?? "",
        },
        StringComparer.Ordinal);
}
