using System.Diagnostics;
using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>Waits for the answers to messages that are sent after it was made.</summary>
internal sealed class AnswerWait(PhoneLog log)
{
    private readonly HashSet<int> _answered = [];
    private int _read = log.BubbleCount;

    /// <summary>Returns when so many messages are answered.</summary>
    /// <exception cref="InvalidOperationException">Not within the limit.</exception>
    public async Task UntilAsync(int count, TimeSpan limit, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken))
        {
            var bubbles = log.Bubbles(_read);
            _read += bubbles.Length;
            _answered.UnionWith(bubbles.SelectMany(b => MessageToken.ReadAll(b.Text)));
            if (_answered.Count >= count)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new InvalidOperationException($"{_answered.Count} of {count} messages were answered within {limit}.");
            }
        }
    }
}
