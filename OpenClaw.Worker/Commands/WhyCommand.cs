using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Worker.Agents;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Worker.Commands;

/// <summary><c>/why</c> quoting a message of the chat, or <c>/why CODE</c>: what became of it, for the owner. Tells no text of anybody.</summary>
internal sealed class WhyCommand(JourneyStore journeys, Owner owner) : IChatCommand
{
    public string Word => "/why";

    public async ValueTask<string> AnswerAsync(LaneWork work, TurnMessage message, string arguments, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var portuguese = Notices.IsPortuguese(turn.Locale);
        if (!await owner.IsAsync(turn.Person, cancellationToken))
            return portuguese ? "Só o dono deste assistente pode perguntar isso." : "Only the owner of this assistant can ask that.";
        // What is quoted is looked for in this chat only; a code may be another chat's, which is what an owner is told codes for.
        var journey = arguments.Length > 0 ? journeys.Find(arguments) : message.Content.QuotedId is { } quoted ? journeys.Quoted(work.Chat, quoted) : null;
        if (journey is not null)
            return new WhyStory(portuguese, Zones.Find(turn.TimeZone)).Tell(journey);
        if (arguments.Length == 0 && message.Content.QuotedId is null)
        {
            return portuguese
                ? "Responda a uma mensagem desta conversa com /why, ou escreva /why e o código que a pessoa recebeu."
                : "Reply to a message of this chat with /why, or write /why and the code that the person was told.";
        }

        return portuguese ? "Não sei nada sobre essa mensagem: ela não passou por mim." : "I know nothing about that message: it did not pass through me.";
    }
}
