using System.Globalization;
using System.Text.Json.Nodes;

namespace OpenClaw.Tests.Deploy;

/// <summary>What must hold of <c>deploy/k8s</c>.</summary>
public sealed class KubernetesTests
{
    private static readonly string[] Names = ["gateway", "worker", "redis", "waha", "postgres"];
    private static readonly string[] OurOwn = ["gateway", "worker"];
    private static readonly string[] Stateful = ["redis", "waha", "postgres"];
    private static readonly string[] OurPaths = ["/alive", "/health"];

    private readonly KustomizeTree _site = new("site");

    public static TheoryData<string> Workloads() => [.. Names];

    public static TheoryData<string> Hosts() => [.. OurOwn];

    [Fact]
    public void The_folder_itself_and_the_site_have_the_same_parts()
    {
        static string Id(JsonObject each) => $"{each.Text("kind")}/{KustomizeTree.NameOf(each)}";

        new KustomizeTree().Objects.Select(Id).Order(StringComparer.Ordinal).ShouldBe(_site.Objects.Select(Id).Order(StringComparer.Ordinal));
        _site.Objects.Select(Id).ShouldBeUnique();
        _site.Workloads.Select(KustomizeTree.NameOf).Order(StringComparer.Ordinal).ShouldBe(Names.Order(StringComparer.Ordinal));
        _site.Of("Namespace").ShouldHaveSingleItem().Text("metadata", "labels", "pod-security.kubernetes.io/enforce").ShouldBe("restricted");
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void A_pod_is_watched_and_bounded_and_ends_in_peace(string name)
    {
        var workload = _site.Workload(name);
        var container = KustomizeTree.Container(workload);
        var ports = container.List("ports").Select(port => port.Text("name")).ToList();

        Images.ShouldBePinned(container.Text("image"));
        foreach (var probe in ((string[])["startupProbe", "livenessProbe", "readinessProbe"]).Select(kind => container.At(kind).ShouldNotBeNull(kind)))
        {
            var port = probe.Text("httpGet", "port") ?? probe.Text("tcpSocket", "port");
            if (port is null)
                probe.List("exec", "command").ShouldNotBeEmpty();
            else
                ports.ShouldContain(port);
            if (probe.Text("httpGet", "path") is { } path)
                path.ShouldBeOneOf(name == "waha" ? ["/ping"] : OurPaths);
        }

        container.Text("resources", "requests", "cpu").ShouldNotBeNull();
        container.Text("resources", "requests", "memory").ShouldNotBeNull();
        container.Text("resources", "limits", "memory").ShouldNotBeNull();
        int.Parse(KustomizeTree.Pod(workload).Text("terminationGracePeriodSeconds")!, CultureInfo.InvariantCulture).ShouldBeGreaterThan(OurOwn.Contains(name) ? 30 : 10);
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public void A_host_is_alive_while_it_answers_and_ready_while_it_is_well(string name)
    {
        var container = KustomizeTree.Container(_site.Workload(name));

        // A database that is away is no reason to kill the process.
        container.Text("livenessProbe", "httpGet", "path").ShouldBe("/alive");
        container.Text("readinessProbe", "httpGet", "path").ShouldBe("/health");
        // The check of the database may take 5 s.
        int.Parse(container.Text("readinessProbe", "timeoutSeconds")!, CultureInfo.InvariantCulture).ShouldBeGreaterThan(5);
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void A_pod_can_do_no_more_than_it_needs(string name)
    {
        var pod = KustomizeTree.Pod(_site.Workload(name));
        var container = KustomizeTree.Container(_site.Workload(name));

        pod.Text("automountServiceAccountToken").ShouldBe("false");
        pod.Text("enableServiceLinks").ShouldBe("false");
        pod.Text("securityContext", "runAsNonRoot").ShouldBe("true");
        int.Parse(pod.Text("securityContext", "runAsUser")!, CultureInfo.InvariantCulture).ShouldBeGreaterThan(0);
        pod.Text("securityContext", "fsGroup").ShouldNotBeNull();
        pod.Text("securityContext", "seccompProfile", "type").ShouldBe("RuntimeDefault");
        container.Text("securityContext", "allowPrivilegeEscalation").ShouldBe("false");
        container.Text("securityContext", "readOnlyRootFilesystem").ShouldBe(name == "waha" ? "false" : "true");
        container.List("securityContext", "capabilities", "drop").Select(each => each.ToString()).ShouldBe(["ALL"]);
        string[] dangerous = ["hostNetwork", "hostPID", "hostIPC"];
        pod.Map().Select(entry => entry.Key).Intersect(dangerous).ShouldBeEmpty();
        pod.List("volumes").ShouldAllBe(volume => volume.At("hostPath") == null);
    }

    [Theory]
    [MemberData(nameof(Workloads))]
    public void What_a_pod_refers_to_is_there(string name)
    {
        var workload = _site.Workload(name);
        var container = KustomizeTree.Container(workload);
        var claims = workload.List("spec", "volumeClaimTemplates").Select(KustomizeTree.NameOf).ToList();

        var volumes = KustomizeTree.Pod(workload).List("volumes").Select(volume => volume.Text("name")!).Concat(claims).ToList();
        volumes.ShouldBeUnique();
        container.List("volumeMounts").Select(mount => mount.Text("name")).Order(StringComparer.Ordinal).ShouldBe(volumes.Order(StringComparer.Ordinal));
        foreach (var map in KustomizeTree.Pod(workload).List("volumes").Select(volume => volume.Text("configMap", "name")).OfType<string>())
            _site.ConfigMaps.Keys.ShouldContain(map);
        foreach (var map in container.List("envFrom").Select(from => from.Text("configMapRef", "name")!))
            _site.ConfigMaps.Keys.ShouldContain(map);
        foreach (var variable in container.List("env"))
        {
            if (variable.At("valueFrom", "secretKeyRef") is { } secret)
                _site.Secrets[secret.Text("name")!].Keys.ShouldContain(secret.Text("key")!);
            else if (variable.At("valueFrom", "configMapKeyRef") is { } map)
                _site.ConfigMaps[map.Text("name")!].Keys.ShouldContain(map.Text("key")!);
            else
                variable.Text("value").ShouldNotBeNull(variable.Text("name"));
        }

        if (Stateful.Contains(name))
        {
            workload.Text("kind").ShouldBe("StatefulSet");
            claims.ShouldNotBeEmpty();
            _site.Of("Service").Select(KustomizeTree.NameOf).ShouldContain(workload.Text("spec", "serviceName")!);
        }
    }

    [Theory]
    [MemberData(nameof(Hosts))]
    public async Task What_is_set_is_accepted_by_Gateway_and_Worker(string name) => await HostSettingsOf.ShouldBeAcceptedAsync(name, Environment(name));

    [Fact]
    public void No_secret_is_committed_and_each_one_is_used()
    {
        var used = _site.Workloads.SelectMany(workload => KustomizeTree.Container(workload).List("env"))
            .Select(variable => variable.At("valueFrom", "secretKeyRef")).OfType<JsonNode>().Select(secret => secret.Text("key")!).Distinct();

        _site.Of("Secret").ShouldBeEmpty();
        var (name, keys) = _site.Secrets.ShouldHaveSingleItem();
        name.ShouldBe("openclaw");
        keys.Keys.Order(StringComparer.Ordinal).ShouldBe(used.Order(StringComparer.Ordinal));
        keys.Values.ShouldAllBe(value => value.Length == 0);
        File.ReadAllLines(SourceTree.File(".gitignore")).ShouldContain("secrets.env");
        foreach (var variable in _site.Workloads.SelectMany(workload => KustomizeTree.Container(workload).List("env")).Where(variable => IsSecret(variable.Text("name")!)))
            (variable.At("valueFrom", "secretKeyRef") is not null || variable.Text("value")!.Contains("PASSWORD)", StringComparison.Ordinal)).ShouldBeTrue(variable.Text("name"));
        _site.ConfigMaps.Values.SelectMany(map => map.Keys).ShouldAllBe(key => !IsSecret(key));
    }

    [Fact]
    public void Every_selector_means_the_pods_that_it_is_about()
    {
        foreach (var workload in _site.Workloads)
            _site.Selected(workload.At("spec", "selector", "matchLabels")).ShouldHaveSingleItem().ShouldBe(workload);
        foreach (var service in _site.Of("Service"))
        {
            var pods = _site.Selected(service.At("spec", "selector")).ShouldHaveSingleItem();
            KustomizeTree.NameOf(pods).ShouldBe(KustomizeTree.NameOf(service));
            (service.Text("spec", "type") ?? "ClusterIP").ShouldBe("ClusterIP");
            foreach (var port in service.List("spec", "ports"))
                KustomizeTree.Container(pods).List("ports").Select(each => each.Text("name")).ShouldContain(port.Text("targetPort"));
        }

        _site.Of("PodDisruptionBudget").Select(budget => KustomizeTree.NameOf(_site.Selected(budget.At("spec", "selector", "matchLabels")).ShouldHaveSingleItem())).ShouldBe(OurOwn);
        foreach (var policy in _site.Of("NetworkPolicy").Where(policy => policy.At("spec", "podSelector", "matchLabels") is not null))
            KustomizeTree.NameOf(_site.Selected(policy.At("spec", "podSelector", "matchLabels")).ShouldHaveSingleItem()).ShouldBe(KustomizeTree.NameOf(policy));
    }

    [Fact]
    public void The_autoscaler_alone_decides_how_many_Workers_there_are()
    {
        var scaler = _site.Of("HorizontalPodAutoscaler").ShouldHaveSingleItem();
        var worker = _site.Workload(scaler.Text("spec", "scaleTargetRef", "name")!);

        worker.Text("kind").ShouldBe(scaler.Text("spec", "scaleTargetRef", "kind"));
        worker.At("spec", "replicas").ShouldBeNull();
        // One may go at any time while another answers.
        scaler.At("spec", "minReplicas")!.GetValue<long>().ShouldBeGreaterThan(1);
    }

    [Fact]
    public void PostgreSQL_has_a_connection_for_each_that_may_ask()
    {
        const int OfAProcess = 21;
        var gateway = _site.Workload("gateway").At("spec", "replicas")!.GetValue<long>() + _site.Workload("gateway").At("spec", "strategy", "rollingUpdate", "maxSurge")!.GetValue<long>();
        var worker = _site.Of("HorizontalPodAutoscaler").Single().At("spec", "maxReplicas")!.GetValue<long>() + _site.Workload("worker").At("spec", "strategy", "rollingUpdate", "maxSurge")!.GetValue<long>();

        var most = KustomizeTree.Container(_site.Workload("postgres")).List("args").Select(each => each.ToString()).Single(each => each.StartsWith("max_connections=", StringComparison.Ordinal));

        long.Parse(most["max_connections=".Length..], CultureInfo.InvariantCulture).ShouldBeGreaterThan(OfAProcess * (gateway + worker));
    }

    [Theory]
    [InlineData("waha", "gateway", 5080)]
    [InlineData("gateway", "waha", 3000)]
    [InlineData("gateway", "redis", 6379)]
    [InlineData("gateway", "postgres", 5432)]
    [InlineData("worker", "waha", 3000)]
    [InlineData("worker", "redis", 6379)]
    [InlineData("worker", "postgres", 5432)]
    public void Who_needs_somebody_reaches_them(string from, string to, int port)
    {
        KustomizeTree.Container(_site.Workload(to)).List("ports").Select(each => each.At("containerPort")!.GetValue<long>()).ShouldContain(port);
        new NetworkRules(_site).Allow(from, to, port).ShouldBeTrue();
    }

    [Fact]
    public void Nobody_else_reaches_anybody()
    {
        var rules = new NetworkRules(_site);
        string[] needed = ["waha-gateway", "gateway-waha", "gateway-redis", "gateway-postgres", "worker-waha", "worker-redis", "worker-postgres"];
        int[] ports = [5080, 5081, 3000, 6379, 5432];

        var allowed = from source in Names
                      from target in Names
                      where source != target && ports.Any(port => rules.Allow(source, target, port))
                      select $"{source}-{target}";

        allowed.Order(StringComparer.Ordinal).ShouldBe(needed.Order(StringComparer.Ordinal));
        Names.Where(rules.ReachesTheInternet).Order(StringComparer.Ordinal).ShouldBe(["waha", "worker"]);
    }

    private Dictionary<string, string> Environment(string name)
    {
        var secrets = _site.Secrets["openclaw"].Keys.ToDictionary(
            key => key,
            key => key switch { "owner" => "+55 11 98765-4321", "master-key" => Convert.ToBase64String(new byte[32]), "ai-api-key" => "", _ => key + "-of-the-test" },
            StringComparer.Ordinal);
        var environment = new Dictionary<string, string>(_site.ConfigMaps["openclaw"], StringComparer.Ordinal);
        foreach (var variable in KustomizeTree.Container(_site.Workload(name)).List("env"))
        {
            var value = variable.Text("valueFrom", "secretKeyRef", "key") is { } secret ? secrets[secret]
                : variable.Text("valueFrom", "configMapKeyRef", "key") is { } setting ? _site.ConfigMaps["openclaw"][setting]
                : variable.Text("value")!;
            // As Kubernetes does: what stands above may be used.
            environment[variable.Text("name")!] = environment.Aggregate(value, (text, known) => text.Replace($"$({known.Key})", known.Value, StringComparison.Ordinal));
        }

        return environment;
    }

    private static bool IsSecret(string name) => name.EndsWith("KEY", StringComparison.OrdinalIgnoreCase) || name.EndsWith("PASSWORD", StringComparison.OrdinalIgnoreCase);
}
