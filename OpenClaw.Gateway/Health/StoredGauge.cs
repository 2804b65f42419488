using System.Diagnostics.Metrics;
using OpenClaw.Core.Storage;

namespace OpenClaw.Gateway.Health;

/// <summary>A gauge that is read from the database when a collector asks.</summary>
internal static class StoredGauge
{
    /// <param name="meters">Where the Gateway's meter comes from.</param>
    /// <param name="name">For example <c>openclaw.dead_letters</c>.</param>
    /// <param name="unit">For example <c>{letter}</c>.</param>
    /// <param name="description">What it counts.</param>
    /// <param name="read">Its figures; may fail.</param>
    public static void CreateStoredGauge<T>(this IMeterFactory meters, string name, string unit, string description, Func<IEnumerable<Measurement<T>>> read)
        where T : struct => meters.Create("OpenClaw.Gateway").CreateObservableGauge(name, () => Observe(read), unit, description);

    private static IEnumerable<Measurement<T>> Observe<T>(Func<IEnumerable<Measurement<T>>> read)
        where T : struct
    {
        try
        {
            return [.. read()];
        }
        catch (Exception error) when (error is StorageUnavailableException or ObjectDisposedException)
        {
            // No figure is better than a wrong one; the database's own trouble is told elsewhere.
            return [];
        }
    }
}
