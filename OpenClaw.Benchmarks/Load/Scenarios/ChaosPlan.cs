namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <param name="Part">The number of the part that is killed; null = FLUSHALL instead.</param>
/// <param name="Pause">Time since the step before was over.</param>
/// <param name="Down">How long the part stays dead.</param>
internal sealed record Disruption(int? Part, TimeSpan Pause, TimeSpan Down);

/// <summary>What happens when in a chaos run: a seed decides all of it.</summary>
internal static class ChaosPlan
{
    /// <summary>Kills of every part in turn, each round in an order of its own, until <paramref name="duration"/> is over; at least one round.</summary>
    /// <param name="random">Decides order and times.</param>
    /// <param name="parts">How many parts there are.</param>
    /// <param name="duration">How long messages are sent.</param>
    /// <param name="flush">Whether Redis is emptied once, in the middle.</param>
    public static IReadOnlyList<Disruption> Make(Random random, int parts, TimeSpan duration, bool flush)
    {
        List<Disruption> plan = [];
        var end = TimeSpan.Zero;
        while (end < duration)
        {
            var round = Enumerable.Range(0, parts).ToArray();
            random.Shuffle(round);
            foreach (var part in round)
            {
                var kill = new Disruption(part, Pause(), Between(random, 0.2, 2));
                end += kill.Pause + kill.Down;
                if (end >= duration && plan.Count >= parts)
                {
                    break;
                }

                plan.Add(kill);
            }
        }

        if (flush)
        {
            plan.Insert(plan.Count / 2, new Disruption(null, Pause(), TimeSpan.Zero));
        }

        return plan;

        TimeSpan Pause() => Between(random, 0.3, 2.7);
    }

    private static TimeSpan Between(Random random, double from, double to) => TimeSpan.FromSeconds(from + (random.NextDouble() * (to - from)));
}
