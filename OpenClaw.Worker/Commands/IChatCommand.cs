using OpenClaw.Core.Queue;

namespace OpenClaw.Worker.Commands;

/// <summary>A message that is for the system itself, such as <c>/why</c>: answered by it, never shown to the model.</summary>
internal interface IChatCommand
{
    /// <summary>The word with its slash, lower case.</summary>
    string Word { get; }

    /// <summary>Answers it. May be asked again after a crash: what it changes must be the same the second time.</summary>
    /// <param name="work">The lane and its turn.</param>
    /// <param name="message">The message that begins with the word.</param>
    /// <param name="arguments">What follows the word, trimmed.</param>
    /// <param name="cancellationToken">The work is over.</param>
    /// <returns>The answer in Markdown, in the person's language.</returns>
    ValueTask<string> AnswerAsync(LaneWork work, TurnMessage message, string arguments, CancellationToken cancellationToken);
}
