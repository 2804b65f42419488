namespace OpenClaw.Gateway.Simulator.Faults;

/// <summary>
/// The panel's words: <c>fault.{name}</c> is a button, <c>fault.{name}.hint</c> what it does, <c>notice.{code}</c> a line in the chat, with
/// <c>{names}</c> that the page fills in.
/// </summary>
internal static class FaultTexts
{
    public static IReadOnlyDictionary<string, string> Portuguese { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["group"] = "Grupo",
        ["groupName"] = "Grupo de teste",
        ["faults"] = "Provoque um defeito",
        ["faultsText"] = "Cada botão causa um problema de verdade. O que o sistema faz aparece na conversa, em cinza.",
        ["faultFailed"] = "O Gateway não respondeu. Tente de novo.",
        ["stop"] = "parar agora",
        ["fault.duplicate"] = "Webhook duplicado",
        ["fault.duplicate.hint"] = "A última mensagem chega outra vez, como um evento novo.",
        ["fault.lid"] = "Mensagem de um @lid",
        ["fault.lid.hint"] = "A mesma pessoa, com o número escondido pelo WhatsApp.",
        ["fault.group"] = "Grupo: com o bot",
        ["fault.group.hint"] = "Uma mensagem no grupo que chama o OpenClaw.",
        ["fault.group-aside"] = "Grupo: sem o bot",
        ["fault.group-aside.hint"] = "Uma mensagem no grupo que não é com ele.",
        ["fault.link"] = "Derrubar a conexão",
        ["fault.link.hint"] = "A sessão fica FAILED e o WAHA recusa envios por um tempo.",
        ["fault.slow-model"] = "Modelo lento",
        ["fault.slow-model.hint"] = "O modelo demora para começar a responder.",
        ["fault.failing-model"] = "Modelo com falha",
        ["fault.failing-model.hint"] = "Cada chamada do modelo falha por um tempo.",
        ["fault.database"] = "Banco travado",
        ["fault.database.hint"] = "Outro programa segura a trava de escrita do banco.",
        ["fault.database.missing"] = "Só com SQLite: aqui os dados estão no PostgreSQL.",
        ["fault.model.missing"] = "O modelo roda em outro processo.",
        ["fault.human"] = "Uma pessoa responde",
        ["fault.human.hint"] = "Alguém escreve no próprio celular da conta.",
        ["fault.bot-on"] = "/bot on no celular",
        ["fault.bot-on.hint"] = "Essa pessoa devolve a conversa ao bot.",
        ["refused.not_available"] = "Isto não existe nesta instalação.",
        ["refused.nothing_sent"] = "Envie uma mensagem primeiro.",
        ["refused.locked_already"] = "O banco já está travado por outro programa.",

        ["notice.duplicate.seen"] = "O webhook chegou duas vezes. O Gateway respondeu {status} e reconheceu a repetição: nada é respondido duas vezes.",
        ["notice.duplicate.taken"] = "O webhook foi enviado de novo e o Gateway respondeu {status} ({outcome}): esta cópia chegou antes da primeira, que contará como repetição.",
        ["notice.duplicate.refused"] = "O webhook foi enviado de novo e o Gateway respondeu {status}: não guardou nada desta cópia.",
        ["notice.lid.same"] = "Veio de {lid}, sem o número em “from”. O WAHA informou o telefone ao lado: é {name}, e a conversa é a mesma.",
        ["notice.lid.known"] = "Veio de {lid}, sem o número em “from”. O WAHA informou o telefone ao lado: é {name}.",
        ["notice.lid.held"] = "O número por trás deste @lid ainda não é conhecido: a mensagem fica guardada até o WAHA dizer quem é.",
        ["notice.group.taken"] = "A mensagem chama o OpenClaw pelo nome: será respondida aqui no grupo.",
        ["notice.group.ignored"] = "A mensagem não é com o OpenClaw: ele não responde e não guarda o texto.",
        ["notice.link.on"] = "A conexão caiu (sessão FAILED). O WAHA recusa envios por {seconds} s.",
        ["notice.link.off"] = "A conexão voltou (sessão WORKING).",
        ["notice.send.refused"] = "O WAHA recusou o envio depois de {seconds} s (422, tentativa {attempt}). A resposta espera na fila de saída.",
        ["notice.breaker.open"] = "O disjuntor de {name} abriu: nada é chamado por {seconds} s, e a resposta espera sem gastar tentativas.",
        ["notice.slow-model.on"] = "O modelo está lento: nenhuma chamada começa a responder por {seconds} s.",
        ["notice.slow-model.waits"] = "A mensagem está salva e a resposta espera pelo modelo. O que chegar enquanto isso também é guardado.",
        ["notice.slow-model.off"] = "O modelo voltou ao ritmo normal.",
        ["notice.failing-model.on"] = "O modelo está com falha: cada chamada recebe um erro por {seconds} s.",
        ["notice.failing-model.off"] = "O modelo voltou a funcionar.",
        ["notice.attempt.failed"] = "A tentativa {attempt} falhou; começa a tentativa {next}. A mensagem continua guardada.",
        ["notice.dead"] = "Desistiu depois de {attempts} tentativas e pediu desculpas uma vez. A mensagem está nas cartas mortas, código {reference}, e pode ser retomada.",
        ["notice.database.on"] = "O banco está travado por até {seconds} s: nada pode ser salvo.",
        ["notice.database.off"] = "O banco está livre de novo.",
        ["notice.webhook.refused"] = "O Gateway respondeu {status} (tentativa {attempt}): não confirma o que não salvou. O WAHA envia de novo em 2 s.",
        ["notice.webhook.stored"] = "Na tentativa {attempt} a mensagem foi salva ({status}): chegou tarde, mas não se perdeu.",
        ["notice.webhook.silent"] = "O Gateway não respondeu ao webhook.",
        ["notice.webhook.lost"] = "O WAHA desistiu depois de {attempt} tentativas: a mensagem não chegou ao Gateway.",
        ["notice.webhook.outcome"] = "O Gateway recebeu a mensagem e não vai respondê-la ({outcome}).",
        ["notice.human.silent"] = "Uma pessoa está atendendo: o OpenClaw fica em silêncio e guarda a mensagem como contexto.",
        ["notice.answered.once"] = "Respondida uma única vez, {seconds} s depois de escrita (tentativas do modelo: {attempts}).",
        ["notice.answered"] = "Respondida {seconds} s depois de escrita (tentativas do modelo: {attempts}).",
    };

    public static IReadOnlyDictionary<string, string> English { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["group"] = "Group",
        ["groupName"] = "Test group",
        ["faults"] = "Break something",
        ["faultsText"] = "Every button causes real trouble. What the system does about it appears in the chat, in grey.",
        ["faultFailed"] = "The Gateway did not answer. Try again.",
        ["stop"] = "stop now",
        ["fault.duplicate"] = "Duplicate webhook",
        ["fault.duplicate.hint"] = "The last message arrives again, as a new event.",
        ["fault.lid"] = "Message from @lid",
        ["fault.lid.hint"] = "The same person, with the number hidden by WhatsApp.",
        ["fault.group"] = "Group: to the bot",
        ["fault.group.hint"] = "A message in the group that calls OpenClaw.",
        ["fault.group-aside"] = "Group: not to it",
        ["fault.group-aside.hint"] = "A message in the group that is not for the bot.",
        ["fault.link"] = "Drop the link",
        ["fault.link.hint"] = "The session goes FAILED and WAHA refuses sends for a while.",
        ["fault.slow-model"] = "Slow model",
        ["fault.slow-model.hint"] = "The model takes long to begin its answer.",
        ["fault.failing-model"] = "Failing model",
        ["fault.failing-model.hint"] = "Every call of the model fails for a while.",
        ["fault.database"] = "Locked database",
        ["fault.database.hint"] = "Another program holds the database's write lock.",
        ["fault.database.missing"] = "Only with SQLite: here the data lies in PostgreSQL.",
        ["fault.model.missing"] = "The model runs in another process.",
        ["fault.human"] = "A human answers",
        ["fault.human.hint"] = "Somebody writes on the account's own phone.",
        ["fault.bot-on"] = "/bot on by phone",
        ["fault.bot-on.hint"] = "That person gives the chat back to the bot.",
        ["refused.not_available"] = "This installation does not have that.",
        ["refused.nothing_sent"] = "Send a message first.",
        ["refused.locked_already"] = "Another program has locked the database already.",

        ["notice.duplicate.seen"] = "The webhook came twice. The Gateway answered {status} and recognised the second as a duplicate: nothing is answered twice.",
        ["notice.duplicate.taken"] = "The webhook was sent again and the Gateway answered {status} ({outcome}): this copy came before the first, which will count as the duplicate.",
        ["notice.duplicate.refused"] = "The webhook was sent again and the Gateway answered {status}: it stored nothing of this copy.",
        ["notice.lid.same"] = "It came from {lid}, without the number in “from”. WAHA told the phone beside it: this is {name}, and the conversation is the same.",
        ["notice.lid.known"] = "It came from {lid}, without the number in “from”. WAHA told the phone beside it: this is {name}.",
        ["notice.lid.held"] = "The number behind this @lid is not known yet: the message is kept until WAHA says whose it is.",
        ["notice.group.taken"] = "The message calls OpenClaw by name: it will be answered here in the group.",
        ["notice.group.ignored"] = "The message is not for OpenClaw: it does not answer and does not keep the text.",
        ["notice.link.on"] = "The link is down (session FAILED). WAHA refuses sends for {seconds} s.",
        ["notice.link.off"] = "The link is back (session WORKING).",
        ["notice.send.refused"] = "WAHA refused to send after {seconds} s (422, try {attempt}). The answer waits in the outbox.",
        ["notice.breaker.open"] = "The breaker of {name} is open: nothing is called for {seconds} s, and the answer waits without using up tries.",
        ["notice.slow-model.on"] = "The model is slow: no call begins to answer for {seconds} s.",
        ["notice.slow-model.waits"] = "The message is stored and its answer waits for the model. What comes in meanwhile is stored, too.",
        ["notice.slow-model.off"] = "The model is back to its usual pace.",
        ["notice.failing-model.on"] = "The model fails: every call gets an error for {seconds} s.",
        ["notice.failing-model.off"] = "The model works again.",
        ["notice.attempt.failed"] = "Attempt {attempt} failed; attempt {next} begins. The message is still stored.",
        ["notice.dead"] = "Given up after {attempts} attempts, with one apology. The message is a dead letter, code {reference}, and can be replayed.",
        ["notice.database.on"] = "The database is locked for up to {seconds} s: nothing can be stored.",
        ["notice.database.off"] = "The database is free again.",
        ["notice.webhook.refused"] = "The Gateway answered {status} (try {attempt}): it does not confirm what it has not stored. WAHA sends it again in 2 s.",
        ["notice.webhook.stored"] = "Try {attempt} was stored ({status}): the message came late, but it was not lost.",
        ["notice.webhook.silent"] = "The Gateway did not answer the webhook.",
        ["notice.webhook.lost"] = "WAHA gave up after {attempt} tries: the message did not reach the Gateway.",
        ["notice.webhook.outcome"] = "The Gateway took the message and will not answer it ({outcome}).",
        ["notice.human.silent"] = "A person is answering: OpenClaw keeps quiet and keeps the message as context.",
        ["notice.answered.once"] = "Answered exactly once, {seconds} s after it was written (attempts of the model: {attempts}).",
        ["notice.answered"] = "Answered {seconds} s after it was written (attempts of the model: {attempts}).",
    };

    /// <summary>Something that the assistant answers, in a person's own language.</summary>
    /// <param name="locale">The person's.</param>
    /// <param name="inGroup">Whether it has to call the assistant.</param>
    public static string Example(string locale, bool inGroup = false) =>
        (inGroup ? "OpenClaw, " : "") + (locale == "pt-BR" ? "que horas são?" : "what time is it?");

    /// <summary>What a human of the account writes.</summary>
    public static string ByHand(string locale) => locale == "pt-BR" ? "Oi! Aqui é uma pessoa, já te atendo 🙂" : "Hi! This is a person, I will take care of it 🙂";

    /// <summary>Something that people say to each other.</summary>
    public static string Aside(string locale) => locale == "pt-BR" ? "gente, quem leva o carvão no sábado?" : "who brings the charcoal on Saturday?";
}
