using Microsoft.Extensions.Options;

namespace OpenClaw.Worker.Replies;

/// <summary>How long a person would have typed: grows with the text, randomised, bounded.</summary>
internal sealed class Pacing(IOptions<DeliveryOptions> options, Random random)
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan PerCharacter = TimeSpan.FromMilliseconds(12);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(4);

    public bool Enabled => options.Value.HumanPacing;

    /// <param name="text">The bubble.</param>
    /// <param name="alreadyWaited">Time the person has been looking at "typing..." for it.</param>
    public TimeSpan DelayFor(string text, TimeSpan alreadyWaited)
    {
        if (!Enabled)
            return TimeSpan.Zero;
        var typing = Shortest + (PerCharacter * text.Length);
        var bounded = typing < Longest ? typing : Longest;
        var varied = bounded * (0.8 + (0.4 * random.NextDouble()));
        return varied > alreadyWaited ? varied - alreadyWaited : TimeSpan.Zero;
    }
}
