using System.Diagnostics;
using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>How long answers to paced messages took, from each one's due time.</summary>
internal static class AnswerTimes
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Waits for the answers; those that do not come within the limit are missing in the result.</summary>
    /// <param name="log">The phone.</param>
    /// <param name="from">Bubbles that were there before.</param>
    /// <param name="first">Number of the first message.</param>
    /// <param name="paced">The messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<Latencies> OwnAsync(PhoneLog log, int from, int first, PacedResult paced, CancellationToken cancellationToken)
    {
        var answeredAt = await WaitAsync(log, from, first, paced.DueAt.Length, cancellationToken);
        return new Latencies(answeredAt.Zip(paced.DueAt).Where(t => t.First > 0).Select(t => t.First - t.Second));
    }

    /// <summary>When each message's answer was delivered, Stopwatch ticks; 0 = not within the limit.</summary>
    private static async Task<long[]> WaitAsync(PhoneLog log, int from, int first, int count, CancellationToken cancellationToken)
    {
        var answeredAt = new long[count];
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken))
        {
            var bubbles = log.Bubbles(from);
            from += bubbles.Length;
            foreach (var bubble in bubbles)
            {
                foreach (var index in MessageToken.ReadAll(bubble.Text).Select(n => n - first).Where(i => i >= 0 && i < count && answeredAt[i] == 0))
                {
                    answeredAt[index] = bubble.Ticks;
                }
            }

            if (!answeredAt.Contains(0) || Stopwatch.GetElapsedTime(start) > Limit)
            {
                return answeredAt;
            }
        }
    }
}
