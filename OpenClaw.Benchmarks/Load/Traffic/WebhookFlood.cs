using System.Diagnostics;
using System.Net;

namespace OpenClaw.Benchmarks.Load.Traffic;

/// <param name="Acknowledged">Answers with 202 inside the measured time.</param>
/// <param name="Refused">Every other answer or broken connection, over the whole time.</param>
/// <param name="Elapsed">The measured time.</param>
/// <param name="Latencies">Of the acknowledged ones.</param>
internal sealed record FloodResult(long Acknowledged, long Refused, TimeSpan Elapsed, Latencies Latencies)
{
    public double PerSecond => Acknowledged / Elapsed.TotalSeconds;
}

/// <summary>Sends webhooks as fast as they are answered, over a fixed number of connections: the most that is acknowledged.</summary>
internal sealed class WebhookFlood(IPEndPoint gateway, string hmacKey, int connections, int chats)
{
    private int _next;

    /// <summary>Runs for <paramref name="warmUp"/> unmeasured and then <paramref name="measured"/>. Message numbers go on where the last run ended.</summary>
    public async Task<FloodResult> RunAsync(TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp() + ToTicks(warmUp);
        var end = begin + ToTicks(measured);
        var tallies = await Task.WhenAll(Enumerable.Range(0, connections)
            .Select(_ => Task.Run(() => SendUntilAsync(begin, end, cancellationToken), cancellationToken)));
        return new FloodResult(
            tallies.Sum(t => (long)t.Latencies.Count),
            tallies.Sum(t => t.Refused),
            measured,
            new Latencies(tallies.SelectMany(t => t.Latencies)));
    }

    /// <summary>Sends <paramref name="count"/> webhooks one after the other over one connection; returns how many were acknowledged.</summary>
    public async Task<int> SendOneByOneAsync(int count, CancellationToken cancellationToken)
    {
        using var connection = new HttpConnection(gateway);
        var request = new WebhookRequest(hmacKey);
        var acknowledged = 0;
        for (var i = 0; i < count; i++)
        {
            var number = Interlocked.Increment(ref _next);
            var status = await connection.SendAsync(request.Render(number, number % chats, TimeProvider.System.GetUtcNow()), cancellationToken);
            acknowledged += status == (int)HttpStatusCode.Accepted ? 1 : 0;
        }

        return acknowledged;
    }

    private async Task<Tally> SendUntilAsync(long begin, long end, CancellationToken cancellationToken)
    {
        using var connection = new HttpConnection(gateway);
        var request = new WebhookRequest(hmacKey);
        var tally = new Tally();
        for (var sent = Stopwatch.GetTimestamp(); sent < end;)
        {
            var number = Interlocked.Increment(ref _next);
            var status = await TrySendAsync(connection, request.Render(number, number % chats, TimeProvider.System.GetUtcNow()), cancellationToken);
            var answered = Stopwatch.GetTimestamp();
            if (status != (int)HttpStatusCode.Accepted)
            {
                tally.Refused++;
            }
            else if (answered >= begin && answered < end)
            {
                tally.Latencies.Add(answered - sent);
            }

            sent = answered;
        }

        return tally;
    }

    private static async ValueTask<int> TrySendAsync(HttpConnection connection, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.SendAsync(request, cancellationToken);
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            // Not in a loop at full speed against a dead Gateway.
            await Task.Delay(TimeSpan.FromMilliseconds(10), cancellationToken);
            return 0;
        }
    }

    private static long ToTicks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private sealed class Tally
    {
        public List<long> Latencies { get; } = new(16 * 1024);

        public long Refused { get; set; }
    }
}
