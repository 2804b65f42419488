using OpenClaw.Core.Queue;
using OpenClaw.Worker.Agents;

namespace OpenClaw.Worker.Commands;

/// <param name="Text">Markdown.</param>
/// <param name="Kind">A reply, unless nothing but commands was answered.</param>
internal sealed record ChatAnswer(string Text, BubbleKind Kind);

/// <summary>Answers a turn: its commands by themselves, the rest of a burst by the agent.</summary>
internal sealed class ChatCommands(IEnumerable<IChatCommand> commands, Owner owner, Agent agent)
{
    private readonly Dictionary<string, IChatCommand> _commands = commands.ToDictionary(command => command.Word, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the bot keeps out of the chat and nothing in the turn is for the system itself. Only the owner's commands are answered then.</summary>
    public async ValueTask<bool> AreSilencedAsync(LaneWork work, CancellationToken cancellationToken) =>
        work is { Silence: not null, Turn: { Replayed: false } turn }
        && !(turn.Messages.Any(message => Find(message.Content.Text, out _) is not null) && await owner.IsAsync(turn.Person, cancellationToken));

    /// <exception cref="Models.ModelException">The model failed.</exception>
    public async Task<ChatAnswer> AnswerAsync(LaneWork work, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var found = turn.Messages.Select(message => (Message: message, Command: Find(message.Content.Text, out var arguments), Arguments: arguments)).ToList();
        if (found.TrueForAll(each => each.Command is null))
            return new ChatAnswer(await agent.AnswerAsync(work, cancellationToken), BubbleKind.Reply);

        var parts = new List<string>();
        var rest = found.Where(each => each.Command is null).Select(each => each.Message).ToList();
        if (rest.Count > 0 && work.Silence is null)
            parts.Add(await agent.AnswerAsync(work with { Turn = turn with { Messages = rest } }, cancellationToken));
        foreach (var (message, command, arguments) in found.Where(each => each.Command is not null))
            parts.Add(await command!.AnswerAsync(work, message, arguments, cancellationToken));
        return new ChatAnswer(string.Join("\n\n", parts), rest.Count > 0 && work.Silence is null ? BubbleKind.Reply : BubbleKind.Command);
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
