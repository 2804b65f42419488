using System.Globalization;
using System.Text.Json.Nodes;

namespace OpenClaw.Tests.Deploy;

/// <summary>What the network policies let through, as Kubernetes adds them up: a connection needs the leave of both sides.</summary>
internal sealed class NetworkRules(KustomizeTree tree)
{
    public bool Allow(string from, string to, int port) => Permits(from, "Egress", "egress", "to", to, port) && Permits(to, "Ingress", "ingress", "from", from, port);

    /// <summary>Any address outside of the cluster.</summary>
    public bool ReachesTheInternet(string from) =>
        Rules(from, "Egress", "egress").Any(rule => rule.List("to").Any(peer => peer.Text("ipBlock", "cidr") == "0.0.0.0/0"));

    private bool Permits(string whose, string type, string key, string peers, string other, int port)
    {
        // Where no policy speaks, everything is allowed.
        PoliciesOf(whose, type).ShouldNotBeEmpty();
        return Rules(whose, type, key).Any(rule =>
            rule.List("ports").Any(each => each.Text("port") == port.ToString(CultureInfo.InvariantCulture))
            && rule.List(peers).Any(peer => peer.At("podSelector", "matchLabels") is { } labels && tree.Selected(labels).Any(workload => KustomizeTree.NameOf(workload) == other)));
    }

    private IEnumerable<JsonNode> Rules(string whose, string type, string key) => PoliciesOf(whose, type).SelectMany(policy => policy.List("spec", key));

    private IEnumerable<JsonObject> PoliciesOf(string whose, string type) => tree.Of("NetworkPolicy").Where(policy =>
        policy.List("spec", "policyTypes").Any(each => each.ToString() == type)
        && tree.Selected(policy.At("spec", "podSelector", "matchLabels")).Any(workload => KustomizeTree.NameOf(workload) == whose));
}
