using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Core.Integrations;

/// <summary>
/// Every integration of this process by its fixed name, the same object for everybody who calls it. Names are configuration (a session, a
/// model's role, a skill): they may stand in logs and metrics.
/// </summary>
public sealed partial class IntegrationRegistry
{
    private readonly ConcurrentDictionary<string, Lazy<Integration>> _integrations = new(StringComparer.Ordinal);
    private readonly ResilienceOptions _options;
    private readonly WahaOptions _waha;
    private readonly WorkerSlots? _slots;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger<IntegrationRegistry> _logger;
    private readonly IntegrationMetrics _metrics;
    private readonly IReadOnlyList<CallPolicy> _policies;
    private readonly ObservedIntegration? _redis;
    private readonly Lazy<ObservedIntegration> _wahaServer;

    /// <param name="options">Bounds.</param>
    /// <param name="waha">Tells how many sessions there are.</param>
    /// <param name="time">Clock of the breaks.</param>
    /// <param name="random">Spreads those who wait.</param>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="logger">Transitions.</param>
    /// <param name="policies">How each kind is called, by the parts of the product that call.</param>
    /// <param name="slots">Lanes at once, where this process handles any.</param>
    /// <param name="engine">Redis, in split mode.</param>
    public IntegrationRegistry(
        IOptions<ResilienceOptions> options, IOptions<WahaOptions> waha, TimeProvider time, Random random, IMeterFactory meters,
        ILogger<IntegrationRegistry> logger, IEnumerable<CallPolicy> policies, WorkerSlots? slots = null, IEngineStatus? engine = null)
    {
        (_options, _waha, _slots, _time, _random, _logger) = (options.Value, waha.Value, slots, time, random, logger);
        _policies = [.. policies.Distinct()];
        _metrics = new IntegrationMetrics(meters, () => All);
        Database = new ObservedIntegration("database", IntegrationKind.Database, time, Changed);
        _wahaServer = new(() => new ObservedIntegration("waha", IntegrationKind.WahaServer, time, Changed));
        if (engine is not null)
            _redis = new ObservedIntegration("redis", IntegrationKind.Redis, time, Changed, () => engine.DownSince);
    }

    /// <summary>The database: waits and probes by itself; those who use it tell what came of it.</summary>
    public ObservedIntegration Database { get; }

    /// <summary>WAHA's own process: who watches its sessions tells whether it answers.</summary>
    public ObservedIntegration WahaServer => _wahaServer.Value;

    /// <summary>All that were called so far, in the order of their names; database and Redis too.</summary>
    public IReadOnlyList<IntegrationStatus> All =>
    [
        .. _integrations.Values.Select(integration => integration.Value.Status).Append(Database.Status).Concat(_redis is null ? [] : [_redis.Status])
            .Concat(_wahaServer.IsValueCreated ? [_wahaServer.Value.Status] : [])
            .OrderBy(status => status.Name, StringComparer.Ordinal),
    ];

    /// <summary>Time-outs and repeats of a kind, of all who call it in this process.</summary>
    public CallPolicy PolicyOf(IntegrationKind kind)
    {
        var policies = _policies.Where(policy => policy.Kind == kind).ToList();
        return new CallPolicy(kind, [.. policies.SelectMany(policy => policy.Timeouts)], [.. policies.SelectMany(policy => policy.Repeats)]);
    }

    /// <summary>A WAHA session.</summary>
    public Integration Waha(string session) => Get($"waha:{session}", IntegrationKind.Waha, _options.Waha, _waha.Sessions.Count > 1 ? ShareOfSlots() : null);

    /// <summary>A model by its role: <c>main</c>.</summary>
    public Integration Model(string role) => Get($"model:{role}", IntegrationKind.Model, _options.Model, null);

    /// <summary>A skill that leaves the process.</summary>
    public Integration Skill(string name) => Get($"skill:{name}", IntegrationKind.Skill, _options.Skills, null);

    private Integration Get(string name, IntegrationKind kind, IntegrationOptions options, int? places) => _integrations.GetOrAdd(
        name,
        static (name, registry) => new Lazy<Integration>(() => registry.Self.Make(name, registry.kind, registry.options, registry.places)),
        (Self: this, kind, options, places)).Value;

    private Integration Make(string name, IntegrationKind kind, IntegrationOptions options, int? places) => new(
        name, kind, options, options.MaxConcurrency is { } configured ? (configured == 0 ? null : configured) : places, _time, _random,
        state => Changed(name, state), () => _metrics.Refused(name));

    /// <summary>A session that blocks every call must leave slots to the others; one alone has nobody to leave them to.</summary>
    private int? ShareOfSlots() => _slots is { } slots ? Math.Max(1, slots.Count * 3 / 4) : null;

    private void Changed(string integration, BreakerState state)
    {
        _metrics.Changed(integration, state);
        if (state == BreakerState.Open)
            Log.Opened(_logger, integration);
        else if (state == BreakerState.Closed)
            Log.Closed(_logger, integration);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Integration} does not answer: it is not called for a while, what needs it waits")]
        public static partial void Opened(ILogger logger, string integration);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Integration} answers again")]
        public static partial void Closed(ILogger logger, string integration);
    }
}
