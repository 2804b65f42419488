using OpenClaw.Worker.Models;

namespace OpenClaw.Worker.Commands;

/// <summary>The typed reasons in words that need no manual.</summary>
internal static class WhyReasons
{
    private const string OfModel = "model_";
    private const string OfHttp = "http_";

    /// <summary>A reason without words can only be another version's: it is quoted, for whoever knows that version.</summary>
    public static string Of(string reason, bool portuguese)
    {
        var (inPortuguese, inEnglish) = reason switch
        {
            _ when reason.StartsWith(OfModel, StringComparison.Ordinal) => Model(reason[OfModel.Length..]),
            _ when reason.StartsWith(OfHttp, StringComparison.Ordinal) => (
                $"o WAHA recusou o envio (erro {reason[OfHttp.Length..]})", $"WAHA refused the send (error {reason[OfHttp.Length..]})"),
            _ => Answer(reason) ?? Send(reason) ?? Arrival(reason) ?? ($"um motivo que não sei explicar (“{reason}”)", $"a reason that I cannot explain (“{reason}”)"),
        };
        return portuguese ? inPortuguese : inEnglish;
    }

    private static (string, string) Model(string failure) => Enum.TryParse<ModelFailure>(failure, out var known) ? Model(known) : ("o modelo falhou", "the model failed");

    private static (string, string) Model(ModelFailure failure) => failure switch
    {
        ModelFailure.Unavailable => ("o modelo estava fora do ar", "the model was out of service"),
        ModelFailure.RateLimited => ("o modelo recebeu pedidos demais, ou o crédito acabou", "the model was asked too much, or its credit is used up"),
        ModelFailure.BadRequest => ("o modelo recusou o pedido (nome do modelo errado, ou conversa longa demais)", "the model refused the request (a wrong model name, or too long a chat)"),
        ModelFailure.Unauthorized => ("o modelo recusou a chave de acesso", "the model refused its access key"),
        ModelFailure.Malformed => ("a resposta do modelo veio estragada", "the model's answer came damaged"),
        ModelFailure.TimedOut => ("o modelo demorou demais", "the model took too long"),
        ModelFailure.Cut => ("a conexão com o modelo caiu no meio da resposta", "the connection to the model broke in the middle of the answer"),
        ModelFailure.Empty => ("a resposta do modelo veio vazia", "the model's answer came without any text"),
        _ => ("o modelo falhou", "the model failed"),
    };

    /// <summary>Why there was no answer.</summary>
    private static (string, string)? Answer(string reason) => reason switch
    {
        "unexpected" => ("um erro inesperado (está no log)", "an error that nobody foresaw (it is in the log)"),
        "interrupted_too_often" => ("fui interrompido vezes demais", "I was interrupted too often"),
        "unreadable" => ("ninguém mais consegue ler: a chave foi apagada", "nobody can read it any more: its key was destroyed"),
        _ => null,
    };

    /// <summary>Why an answer was not sent.</summary>
    private static (string, string)? Send(string reason) => reason switch
    {
        "redirected" => ("o endereço do WAHA leva a outro lugar", "WAHA's address leads somewhere else"),
        "uncertain_no_store" => ("um envio ficou incerto, e o WAHA não guarda as mensagens em que eu poderia procurar", "a send stayed uncertain, and WAHA keeps no messages to look it up in"),
        "uncertain_waha_restarted" => ("um envio ficou incerto, e o WAHA reiniciou depois dele", "a send stayed uncertain, and WAHA restarted after it"),
        "uncertain_start_unknown" => ("um envio ficou incerto, e o WAHA não diz se reiniciou depois dele", "a send stayed uncertain, and WAHA does not tell whether it restarted after it"),
        "uncertain_history_too_long" => ("um envio ficou incerto, e há mensagens demais depois dele para procurar", "a send stayed uncertain, and too many messages followed it to be searched"),
        "uncertain_chat_unreadable" => (
            "um envio ficou incerto, e o WAHA não conseguiu mostrar a conversa para eu conferir", "a send stayed uncertain, and WAHA could not show me the chat to check"),
        "uncertain_too_often" => ("vários envios ficaram incertos", "several sends stayed uncertain"),
        "whatsapp_463_timelock" => ("o WhatsApp não deixa este número escrever para contatos novos por um tempo (463)", "WhatsApp does not let this number write to new contacts for a while (463)"),
        "whatsapp_475_capping" => ("o WhatsApp não deixa este número começar mais conversas por enquanto (475)", "WhatsApp lets this number begin no more new chats for now (475)"),
        "account_red" => ("não era uma resposta, e o WhatsApp está restringindo este número", "it answered nothing, and WhatsApp is restricting this number"),
        "human_took_over" => ("uma pessoa assumiu a conversa antes do envio", "a person took the chat over before it was sent"),
        "turn_replayed" => ("a resposta veio no lugar", "the answer took its place"),
        _ => null,
    };

    /// <summary>Why a message was not to be answered.</summary>
    private static (string, string)? Arrival(string reason) => reason switch
    {
        "not_allowed" => ("a pessoa não está na lista", "the person is not on the list"),
        "lid_not_linked" => ("o número por trás do identificador ainda não é conhecido", "the number behind the hidden id is not known yet"),
        "chat_rate" or "person_rate" => ("mensagens demais em um minuto", "too many messages in a minute"),
        "limited_or_missed" => ("veio do histórico, e não dá para saber se já tinha passado do limite por minuto", "it came from the history, and nobody can tell whether it had been over the limit per minute"),
        "too_old" => ("era antiga demais", "it was too old"),
        "before_connection" => ("foi escrita antes de eu ser conectado", "it was written before I was connected"),
        "human_answered" => ("alguém já tinha respondido pelo telefone", "somebody had already answered on the phone"),
        "not_addressed" => ("no grupo, não era para mim", "in the group, it was not for me"),
        "human_talks" => ("uma pessoa está atendendo esta conversa", "a person is answering in this chat"),
        "bot_off" => ("estou desligado nesta conversa (/bot on me traz de volta)", "I am switched off in this chat (/bot on brings me back)"),
        "own_session" => ("foi outro número meu que escreveu", "another of my own numbers wrote it"),
        "other_session" => ("outro número meu responde nesse grupo", "another of my numbers answers in that group"),
        "session_not_served" => ("é de um número que eu não atendo", "it is of a number that I do not answer for"),
        "no_content" => ("não tinha conteúdo", "it had nothing in it"),
        "no_sender" => ("não dizia quem escreveu", "it did not say who wrote it"),
        "no_message_id" => ("veio sem identificação", "it came without a name of its own"),
        "no_chat" or "unknown_chat" => ("não era de uma conversa que eu conheça", "it was not of a chat that I know how to answer"),
        "status_post" => ("era uma publicação de status", "it was a status post"),
        "newsletter" => ("era de um canal", "it was of a channel"),
        "broadcast" => ("era de uma lista de transmissão", "it was of a broadcast list"),
        "own_post" => ("foi publicada por este número", "this number published it itself"),
        "event_not_served" or "no_status" => ("era um aviso do WAHA que eu não uso", "it was a notice of WAHA's that I do not use"),
        _ => null,
    };
}
