using System.Globalization;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Takeovers;
using OpenClaw.Worker.Agents;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Worker.Commands;

/// <summary><c>/bot on</c>, <c>/bot off</c> and <c>/bot</c>: whether the assistant answers in this chat, for the owner.</summary>
internal sealed class BotCommand(TakeoverStore takeovers, Owner owner) : IChatCommand
{
    public string Word => BotOrders.Word;

    public async ValueTask<string> AnswerAsync(LaneWork work, TurnMessage message, string arguments, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var portuguese = Notices.IsPortuguese(turn.Locale);
        if (!await owner.IsAsync(turn.Person, cancellationToken))
            return portuguese ? "Só o dono deste assistente pode mandar isso." : "Only the owner of this assistant can order that.";
        if (BotOrders.ParseArguments(arguments) is var order && order != BotOrder.Tell)
            await takeovers.OrderAsync(work.Chat.Lane, order == BotOrder.On, message.OrderAt, cancellationToken);
        return Describe(takeovers.Of(work.Chat.Lane), portuguese, Zones.Find(turn.TimeZone));
    }

    private static string Describe(BotPause pause, bool portuguese, TimeZoneInfo zone)
    {
        if (pause.IsOff)
            return portuguese ? "Estou desligado nesta conversa. `/bot on` me traz de volta." : "I am switched off in this chat. `/bot on` brings me back.";
        if (pause.Until is not { } until)
            return portuguese ? "Estou respondendo nesta conversa." : "I am answering in this chat.";
        var time = TimeZoneInfo.ConvertTime(until, zone).ToString("HH:mm", CultureInfo.InvariantCulture);
        return portuguese
            ? $"Uma pessoa está atendendo: fico em silêncio até {time}. `/bot on` me traz de volta agora."
            : $"A person is answering: I keep quiet until {time}. `/bot on` brings me back now.";
    }
}
