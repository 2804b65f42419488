using OpenClaw.Core.Queue.Journeys;

namespace OpenClaw.Worker.Commands;

/// <summary>The words for what can happen to a message.</summary>
internal static class WhyWords
{
    public static string Of(JourneyOutcome outcome, bool portuguese)
    {
        var (inPortuguese, inEnglish) = outcome switch
        {
            JourneyOutcome.Waiting => ("Na fila, esperando a vez", "In the queue, its turn is yet to come"),
            JourneyOutcome.Held => ("Esperando o WhatsApp dizer de quem é", "Waiting for WhatsApp to tell whose it is"),
            JourneyOutcome.InProgress => ("Sendo respondida agora", "Being answered now"),
            JourneyOutcome.Sending => ("Resposta pronta, a caminho", "Answer ready, on its way"),
            JourneyOutcome.Sent => ("Resposta enviada", "Answer sent"),
            JourneyOutcome.Delivered => ("Resposta entregue no aparelho", "Answer delivered to the device"),
            JourneyOutcome.Read => ("Resposta lida", "Answer read"),
            JourneyOutcome.Refused => ("O WhatsApp recusou a resposta", "WhatsApp refused the answer"),
            JourneyOutcome.Unknown => ("Ninguém sabe se a resposta chegou inteira", "Nobody knows whether the whole answer arrived"),
            JourneyOutcome.Dead => ("Sem resposta", "Not answered"),
            JourneyOutcome.Discarded => ("Sem resposta e descartada", "Not answered, and discarded"),
            JourneyOutcome.Limited => ("Não lida", "Not read"),
            JourneyOutcome.Denied => ("Não respondo a esta pessoa", "I do not answer this person"),
            JourneyOutcome.Context => ("Guardada como contexto, sem resposta", "Kept as context, not answered"),
            JourneyOutcome.Notice => ("Um aviso meu, não a resposta de uma mensagem", "A notice of mine, not the answer to a message"),
            JourneyOutcome.Ignored => ("Não era para responder", "Nothing to answer"),
            _ => ("Não sei dizer o que houve", "I cannot tell what became of it"),
        };
        return portuguese ? inPortuguese : inEnglish;
    }

    public static string Of(JourneyStep step, bool portuguese)
    {
        var (inPortuguese, inEnglish) = step.Kind switch
        {
            JourneyStepKind.Arrived => ("a mensagem chegou", "the message arrived"),
            JourneyStepKind.TurnBegan => ("comecei a responder", "I began to answer"),
            JourneyStepKind.SkillsAsked => ("o modelo pediu para usar habilidades", "the model asked to use skills"),
            JourneyStepKind.SkillStarted => ("uma habilidade que muda algo começou", "a skill that changes something began"),
            JourneyStepKind.SkillDone => ("uma habilidade terminou", "a skill ended"),
            JourneyStepKind.Answered => ("a resposta ficou pronta e guardada", "the answer was ready and stored"),
            JourneyStepKind.Queued => Queued(step.Detail),
            JourneyStepKind.Claimed => step.Detail is null or "0" or "1" ? ("comecei a enviar", "I began to send it") : ($"envio número {step.Detail} começou", $"send number {step.Detail} began"),
            JourneyStepKind.Uncertain => ("não se sabe se chegou; estou lendo a conversa para saber", "nobody knows whether it arrived; I am reading the chat to find out"),
            JourneyStepKind.FoundAbsent => ("um envio incerto não estava na conversa, então enviei de novo", "an uncertain send was not in the chat, so I sent it again"),
            JourneyStepKind.ResentUnproven => (
                "um envio ficou incerto e não deu para provar que não chegou; enviei de novo mesmo assim, pode ter chegado duas vezes",
                "a send stayed uncertain and it could not be proven that it did not arrive; I sent it again all the same, so it may have come twice"),
            JourneyStepKind.Withheld => step.Detail is { } cause
                ? ($"guardei sem enviar de novo: {WhyReasons.Of(cause, true)}", $"I put it aside and did not send it again: {WhyReasons.Of(cause, false)}")
                : ("guardei sem enviar de novo", "I put it aside and did not send it again"),
            JourneyStepKind.FoundInChat => ("o envio era incerto, mas a mensagem estava na conversa; não enviei de novo", "the send was uncertain, but the message was in the chat; I did not send it again"),
            JourneyStepKind.Accepted => ("o WAHA aceitou", "WAHA accepted it"),
            JourneyStepKind.ServerAck => ("o servidor do WhatsApp recebeu", "WhatsApp's server received it"),
            JourneyStepKind.DeviceAck => ("chegou ao aparelho", "it reached the device"),
            JourneyStepKind.ReadAck => ("foi lida", "it was read"),
            JourneyStepKind.ErrorAck => ("o WhatsApp recusou depois de aceitar", "WhatsApp refused it after accepting it"),
            JourneyStepKind.Dead => step.Detail is { } reason ? ($"desisti: {WhyReasons.Of(reason, true)}", $"I gave up: {WhyReasons.Of(reason, false)}") : ("desisti", "I gave up"),
            JourneyStepKind.Replayed => ("um operador mandou tentar de novo", "an operator had it tried again"),
            JourneyStepKind.Discarded => step.Detail == "turn_replayed"
                ? ("não foi preciso enviar: a resposta veio no lugar", "did not have to be sent: the answer took its place")
                : ("um operador descartou", "an operator discarded it"),
            JourneyStepKind.BudgetUsedUp => step.Detail == "session"
                ? ("este número já tinha enviado tantas mensagens quanto deve em uma hora; esperei a vez", "this number had sent as many messages as it should in an hour; I waited for my place")
                : ("esta conversa já tinha recebido tantas mensagens quanto deve em uma hora; esperei a vez", "this chat had been sent as many messages as it should in an hour; I waited for my place"),
            JourneyStepKind.StoodIn => (
                $"o número desta conversa não estava bem, então enviei pelo outro ({step.Detail})", $"this chat's number was not well, so I sent it through the other one ({step.Detail})"),
            JourneyStepKind.PutAside => ("não enviei: uma pessoa escreveu na conversa antes", "I did not send it: a person wrote in the chat first"),
            _ => ("houve algo que não sei explicar", "something happened that I cannot explain"),
        };
        return portuguese ? inPortuguese : inEnglish;
    }

    private static (string, string) Queued(string? kind) => kind switch
    {
        "command" => ("a resposta ao comando entrou na fila de envio", "the answer to the command was queued for sending"),
        "apology" => ("um pedido de desculpas entrou na fila de envio", "an apology was queued"),
        "reply" => ("entrou na fila de envio", "it was queued for sending"),
        _ => ("um aviso entrou na fila de envio", "a notice was queued"),
    };
}
