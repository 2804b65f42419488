using System.Diagnostics;
using OpenClaw.Benchmarks.Load.Processes;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>Carries a chaos plan out, and starts again what ends by itself, as a supervisor would.</summary>
/// <param name="parts">What is killed; a plan counts them from 0.</param>
/// <param name="redis">What is emptied.</param>
internal sealed class Disruptor(IReadOnlyList<ServerProcess> parts, RedisServerProcess? redis)
{
    private const int MostSelfMadeEnds = 50;

    private readonly int[] _kills = new int[parts.Count];
    private int _flushes;

    /// <summary>How often a part was gone that nobody had killed.</summary>
    public int EndedByThemselves { get; private set; }

    /// <summary>When the last kill or flush was, Stopwatch ticks.</summary>
    public long LastAt { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>For example <c>gateway 5, worker-1 6, worker-2 5, redis 6, flush 1</c>.</summary>
    public string Counts => string.Join(", ", parts.Select((p, i) => $"{p.Name} {_kills[i]}").Append($"flush {_flushes}"));

    public async Task RunAsync(IReadOnlyList<Disruption> plan, CancellationToken cancellationToken)
    {
        foreach (var step in plan)
        {
            await Task.Delay(step.Pause, cancellationToken);
            StartEnded();
            if (step.Part is { } part)
            {
                LastAt = Stopwatch.GetTimestamp();
                await parts[part].KillAsync();
                _kills[part]++;
                await Task.Delay(step.Down, cancellationToken);
                parts[part].Start();
            }
            else if (redis is not null)
            {
                await redis.WaitReadyAsync(cancellationToken);
                await redis.FlushAsync(cancellationToken);
                LastAt = Stopwatch.GetTimestamp();
                _flushes++;
            }
        }
    }

    /// <summary>Starts again every part that has ended by itself, and tells the end of its log.</summary>
    /// <exception cref="InvalidOperationException">It happens without end.</exception>
    public void StartEnded()
    {
        foreach (var part in parts.Where(p => !p.IsRunning))
        {
            Console.Error.WriteLine($"{part.Name} {part.HowItEnded()}");
            if (++EndedByThemselves == MostSelfMadeEnds)
            {
                throw new InvalidOperationException($"Parts ended by themselves {EndedByThemselves} times.");
            }

            part.Start();
        }
    }
}
