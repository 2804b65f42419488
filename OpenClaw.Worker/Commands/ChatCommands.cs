using OpenClaw.Core.Queue;
using OpenClaw.Worker.Agents;

namespace OpenClaw.Worker.Commands;

/// <summary>Answers a turn: its commands by themselves, the rest of a burst by the agent.</summary>
internal sealed class ChatCommands(IEnumerable<IChatCommand> commands, Agent agent)
{
    private readonly Dictionary<string, IChatCommand> _commands = commands.ToDictionary(command => command.Word, StringComparer.OrdinalIgnoreCase);

    /// <exception cref="Models.ModelException">The model failed.</exception>
    public async Task<string> AnswerAsync(LaneWork work, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var found = turn.Messages.Select(message => (Message: message, Command: Find(message.Content.Text, out var arguments), Arguments: arguments)).ToList();
        if (found.TrueForAll(each => each.Command is null))
            return await agent.AnswerAsync(work, cancellationToken);

        var parts = new List<string>();
        var rest = found.Where(each => each.Command is null).Select(each => each.Message).ToList();
        if (rest.Count > 0)
            parts.Add(await agent.AnswerAsync(work with { Turn = turn with { Messages = rest } }, cancellationToken));
        parts.AddRange(found.Where(each => each.Command is not null).Select(each => each.Command!.Answer(work, each.Message, each.Arguments)));
        return string.Join("\n\n", parts);
    }

    private IChatCommand? Find(string text, out string arguments)
    {
        var trimmed = text.AsSpan().Trim();
        var end = trimmed.IndexOfAny(" \t\r\n");
        var word = end < 0 ? trimmed : trimmed[..end];
        arguments = end < 0 ? "" : trimmed[end..].Trim().ToString();
        return word is ['/', ..] && _commands.TryGetValue(word.ToString(), out var command) ? command : null;
    }
}
