using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <param name="PerSecond">Answers inside the measured time, a second.</param>
/// <param name="Unanswered">Messages that had no answer after <see cref="ClosedLoop.AnswerLimit"/>.</param>
/// <param name="RoundTrip">Webhook sent to send call received.</param>
internal sealed record ClosedLoopResult(double PerSecond, int Unanswered, Latencies RoundTrip);

/// <summary>People who write their next message the moment the last one is answered: the most that is answered.</summary>
internal sealed class ClosedLoop
{
    public static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<int, TaskCompletionSource<long>> _waiting = new();
    private readonly LoadRig _rig;
    private readonly int _chats;
    private int _next;
    private int _unanswered;

    public ClosedLoop(LoadRig rig, int chats)
    {
        _rig = rig;
        _chats = chats;
        rig.Waha.BubbleDelivered = Settle;
    }

    /// <summary>One more than the highest number sent so far.</summary>
    public int NextNumber => _next + 1;

    /// <param name="stagger">Over what time the chats begin, so that a slow model's answers do not all come at once.</param>
    /// <param name="warmUp">Unmeasured time at the beginning.</param>
    /// <param name="measured">Measured time after it.</param>
    /// <param name="cancellationToken">Ends the run.</param>
    public async Task<ClosedLoopResult> RunAsync(TimeSpan stagger, TimeSpan warmUp, TimeSpan measured, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp() + (long)((warmUp + stagger).TotalSeconds * Stopwatch.Frequency);
        var end = begin + (long)(measured.TotalSeconds * Stopwatch.Frequency);
        var people = await Task.WhenAll(Enumerable.Range(0, _chats).Select(chat => Task.Run(
            () => WriteUntilAsync(chat, stagger * ((double)chat / _chats), begin, end, cancellationToken), cancellationToken)));
        var times = people.SelectMany(t => t).ToArray();
        return new ClosedLoopResult(times.Length / measured.TotalSeconds, _unanswered, new Latencies(times));
    }

    private async Task<List<long>> WriteUntilAsync(int chat, TimeSpan delay, long begin, long end, CancellationToken cancellationToken)
    {
        await Task.Delay(delay, cancellationToken);
        using var connection = new HttpConnection(_rig.Address);
        var request = new WebhookRequest(FakeWaha.HmacKey);
        var times = new List<long>();
        while (Stopwatch.GetTimestamp() < end)
        {
            var number = Interlocked.Increment(ref _next);
            var answer = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting[number] = answer;
            var sentAt = Stopwatch.GetTimestamp();
            var status = await connection.SendAsync(request.Render(number, chat, TimeProvider.System.GetUtcNow()), cancellationToken);
            if (status != (int)HttpStatusCode.Accepted)
            {
                throw new InvalidOperationException($"The Gateway answered {status} to a webhook.");
            }

            try
            {
                var answeredAt = await answer.Task.WaitAsync(AnswerLimit, cancellationToken);
                if (answeredAt >= begin && answeredAt < end)
                {
                    times.Add(answeredAt - sentAt);
                }
            }
            catch (TimeoutException)
            {
                Interlocked.Increment(ref _unanswered);
            }
        }

        return times;
    }

    private void Settle(LoggedMessage bubble)
    {
        foreach (var number in MessageToken.ReadAll(bubble.Text))
        {
            if (_waiting.TryRemove(number, out var answer))
            {
                answer.TrySetResult(bubble.Ticks);
            }
        }
    }
}
