using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace OpenClaw.Benchmarks.Load.Traffic;

/// <param name="DueAt">When each message fell due, Stopwatch ticks; the index is the message's number less the first one.</param>
/// <param name="AcknowledgedAt">When its 202 had arrived; 0 = it was not acknowledged.</param>
/// <param name="RunnerDelay">Due time to the start of the request: the runner's own share and the waiting for a free connection.</param>
internal sealed record PacedResult(long[] DueAt, long[] AcknowledgedAt, Latencies RunnerDelay)
{
    /// <summary>Due time to acknowledgement.</summary>
    public Latencies Acknowledgement { get; } = new(DueAt.Zip(AcknowledgedAt).Where(t => t.Second > 0).Select(t => t.Second - t.First));

    public int Refused => AcknowledgedAt.Count(t => t == 0);
}

/// <summary>Sends webhooks at a fixed pace over a number of connections. See <see cref="Pacer"/>.</summary>
/// <param name="gateway">Where to.</param>
/// <param name="hmacKey">Signs them.</param>
/// <param name="connections">How many send at once.</param>
/// <param name="chats">Chats, one after the other.</param>
/// <param name="firstChat">The first of them.</param>
internal sealed class PacedWebhooks(IPEndPoint gateway, string hmacKey, int connections, int chats, int firstChat = 0)
{
    /// <summary>Sends the messages <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> - 1, each once.</summary>
    public async Task<PacedResult> SendAsync(int first, int count, double perSecond, CancellationToken cancellationToken)
    {
        var due = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleWriter = true });
        var dueAt = new long[count];
        var startedAt = new long[count];
        var acknowledgedAt = new long[count];
        var senders = Enumerable.Range(0, connections).Select(_ => Task.Run(SendDueAsync, cancellationToken)).ToArray();
        await Pacer.RunAsync(count, perSecond, Enqueue, cancellationToken);
        due.Writer.Complete();
        await Task.WhenAll(senders);
        return new PacedResult(dueAt, acknowledgedAt, new Latencies(startedAt.Zip(dueAt).Select(t => t.First - t.Second)));

        void Enqueue(int index, long at)
        {
            dueAt[index] = at;
            due.Writer.TryWrite(index);
        }

        async Task SendDueAsync()
        {
            using var connection = new HttpConnection(gateway);
            var request = new WebhookRequest(hmacKey);
            await foreach (var index in due.Reader.ReadAllAsync(cancellationToken))
            {
                startedAt[index] = Stopwatch.GetTimestamp();
                var number = first + index;
                try
                {
                    var status = await connection.SendAsync(request.Render(number, firstChat + (number % chats), TimeProvider.System.GetUtcNow()), cancellationToken);
                    acknowledgedAt[index] = status == (int)HttpStatusCode.Accepted ? Stopwatch.GetTimestamp() : 0;
                }
                catch (Exception e) when (e is IOException or SocketException)
                {
                    acknowledgedAt[index] = 0;
                }
            }
        }
    }
}
