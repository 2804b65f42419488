using System.Diagnostics;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>What every process does while nothing happens.</summary>
internal static class IdleMeter
{
    /// <param name="rig">The system, at rest.</param>
    /// <param name="label">What kind of rest, for the table.</param>
    /// <param name="duration">How long to watch.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<IReadOnlyList<Measurement>> MeasureAsync(LoadRig rig, string label, TimeSpan duration, CancellationToken cancellationToken)
    {
        HostProcess[] hosts = [rig.Gateway, .. rig.Workers];
        ServerProcess?[] servers = [.. hosts, rig.Redis, rig.Postgres];
        var parts = servers.OfType<ServerProcess>().ToArray();
        // Outside the watched time, since asking costs something too.
        var callsBefore = await CallsAsync(rig, cancellationToken);
        var queriesBefore = await QueriesAsync(rig, cancellationToken);
        var processorBefore = parts.Select(p => ProcessFacts.ProcessorSeconds(p.Id)).ToArray();
        var start = Stopwatch.GetTimestamp();
        await Task.Delay(duration, cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var processor = parts.Select((p, i) => ProcessFacts.ProcessorSeconds(p.Id) - processorBefore[i]).ToArray();
        var queries = await QueriesAsync(rig, cancellationToken);
        var calls = await CallsAsync(rig, cancellationToken);

        List<Measurement> figures =
        [
            .. parts.Select((p, i) => new Measurement($"processor, {p.Name}, {label}", "%", processor[i] / seconds * 100, p is HostProcess ? Goal.Below(1) : null)),
        ];
        if (calls is not null)
        {
            var made = MadeBy(callsBefore!, calls);
            await Console.Error.WriteLineAsync($"  Redis in {duration.TotalSeconds} s, {label}: {string.Join(", ", made.Select(c => $"{c.Key} {c.Value}"))}");
            figures.Add(new($"Redis commands per process, {label}", "/s", made.Sum(c => c.Value) / seconds / hosts.Length, Goal.Below(5)));
        }

        if (queries is not null)
        {
            figures.Add(new(
                $"database {rig.Postgres!.CountsWhat} per process, {label}", "/s", (queries.Value - queriesBefore!.Value) / seconds / hosts.Length, Goal.AtMost(1)));
        }

        return figures;
    }

    private static async Task<IReadOnlyDictionary<string, long>?> CallsAsync(LoadRig rig, CancellationToken cancellationToken) =>
        rig.Redis is { } redis ? await redis.CallsAsync(cancellationToken) : null;

    private static async Task<long?> QueriesAsync(LoadRig rig, CancellationToken cancellationToken) =>
        rig.Postgres is { } postgres ? await postgres.QueryCountAsync(cancellationToken) : null;

    // Our first INFO is counted by the time of the second.
    private static Dictionary<string, long> MadeBy(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after) => after
        .Select(c => (c.Key, Value: c.Value - before.GetValueOrDefault(c.Key) - (c.Key == "info" ? 1 : 0)))
        .Where(c => c.Value > 0)
        .OrderByDescending(c => c.Value)
        .ToDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal);
}
