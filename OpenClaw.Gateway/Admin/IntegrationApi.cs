using System.Text.Json;
using OpenClaw.Core.Integrations;

namespace OpenClaw.Gateway.Admin;

/// <param name="Name">Fixed name: <c>waha:default</c>, <c>model:main</c>, <c>skill:run_command</c>, <c>redis</c>, <c>database</c>.</param>
/// <param name="Kind"><c>waha</c>, <c>waha_server</c>, <c>model</c>, <c>skill</c>, <c>redis</c> or <c>database</c>; the bounds depend on it.</param>
/// <param name="State">Of its breaker: <c>closed</c>, <c>half_open</c>, <c>open</c>.</param>
/// <param name="Since">Since when it has not been closed.</param>
/// <param name="RetryAt">When the next call is let through.</param>
/// <param name="Running">Calls at the moment.</param>
/// <param name="MaxConcurrency">Calls that may run at once; null = no bound.</param>
/// <param name="Timeouts">How long its calls may take.</param>
/// <param name="Repeats">Who calls again after a failure, and how often; nobody else does.</param>
internal sealed record IntegrationView(
    string Name, string Kind, string State, DateTimeOffset? Since, DateTimeOffset? RetryAt, int Running, int? MaxConcurrency,
    IReadOnlyList<CallTimeout> Timeouts, IReadOnlyList<RepeatRule> Repeats);

/// <param name="Items">By name.</param>
internal sealed record IntegrationList(IReadOnlyList<IntegrationView> Items);

/// <summary><c>/api/integrations</c>: the registry of this process.</summary>
internal static class IntegrationApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/", List).WithSummary(
        "Lists what this process has called outside itself: breakers, places, time-outs and who repeats. Each process knows its own calls.");

    private static IntegrationList List(IntegrationRegistry integrations) => new([.. integrations.All.Select(status => View(status, integrations.PolicyOf(status.Kind)))]);

    private static IntegrationView View(IntegrationStatus status, CallPolicy policy) => new(
        status.Name, Word(status.Kind), Word(status.State), status.Since, status.RetryAt, status.Running, status.MaxConcurrency, policy.Timeouts, policy.Repeats);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
