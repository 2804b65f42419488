using System.Diagnostics;

namespace OpenClaw.Benchmarks.Load.Traffic;

/// <summary>
/// An open loop: messages fall due at fixed times, whatever became of the earlier ones, and every latency is counted from the
/// due time. A stalled Gateway therefore shows in every message that it kept waiting (no coordinated omission).
/// </summary>
internal static class Pacer
{
    /// <summary>
    /// Calls <paramref name="fire"/> with 0, 1, 2 ... and the due time (Stopwatch ticks) on a thread of its own, which sleeps in
    /// steps of a millisecond: spinning would take a core from the Gateway. The step is part of every latency (0.5 ms on average).
    /// </summary>
    public static Task RunAsync(int count, double perSecond, Action<int, long> fire, CancellationToken cancellationToken) =>
        Task.Factory.StartNew(
            () => Run(count, Stopwatch.Frequency / perSecond, fire, cancellationToken),
            cancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    private static void Run(int count, double interval, Action<int, long> fire, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var due = start + (long)(i * interval);
            while (Stopwatch.GetTimestamp() < due)
            {
                cancellationToken.ThrowIfCancellationRequested();
                Thread.Sleep(1);
            }

            fire(i, due);
        }
    }
}
