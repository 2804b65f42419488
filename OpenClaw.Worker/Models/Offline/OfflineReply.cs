using System.Text;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>The words of the offline brain, as Markdown.</summary>
internal static class OfflineReply
{
    /// <summary>One answer to all requests of a turn.</summary>
    public static string Compose(IReadOnlyList<OfflineRequest> requests, OfflineTurn turn, HashSet<string> skills, OfflineLanguage fallback)
    {
        var sections = new List<string>();
        var language = requests.Count > 0 ? requests[0].Language : fallback;
        if (turn.IsFirst)
            sections.Add(In(language, "🤖 **Modo offline** – respondo por regras, sem um modelo de IA.", "🤖 **Offline mode** – I answer by rules, without an AI model."));

        foreach (var request in requests)
            sections.Add(Phrase(request, isOnly: requests.Count == 1, turn, skills));

        // A turn without any text: a sticker, for example.
        if (requests.Count == 0)
            sections.Add(Unknown(language, skills));
        return string.Join("\n\n", sections);
    }

    private static string Phrase(OfflineRequest request, bool isOnly, OfflineTurn turn, HashSet<string> skills)
    {
        var language = request.Language;
        return request.Topic switch
        {
            OfflineTopic.Greeting when isOnly => In(language, "Olá! 👋 Eu sou o OpenClaw.", "Hello! 👋 I'm OpenClaw.") + "\n\n" + Menu(language, skills),
            OfflineTopic.Greeting => In(language, "Olá! 👋", "Hello! 👋"),
            OfflineTopic.Thanks => In(language, "De nada! 😊", "You're welcome! 😊"),
            OfflineTopic.Help => Menu(language, skills),
            OfflineTopic.UnknownPlace => In(
                language,
                $"Não conheço o fuso horário de {Code(request.Label!)}. Tente uma cidade grande, como \"horas em Lisboa\".",
                $"I don't know the time zone of {Code(request.Label!)}. Try a big city, like \"time in London\"."),
            OfflineTopic.UnclearReminder => ReminderPhrase.Unclear(language),
            _ when request.Call is { } call => PhraseCall(request, call, turn, skills),
            _ => Unknown(language, skills),
        };
    }

    private static string PhraseCall(OfflineRequest request, OfflineCall call, OfflineTurn turn, HashSet<string> skills)
    {
        if (turn.ResultOf(call) is { } result)
        {
            return request.Topic switch
            {
                OfflineTopic.Clock when ClockPhrase.Of(result, request) is { } sentence => sentence,
                _ when ReminderPhrase.Of(result, request) is { } sentence => sentence,
                OfflineTopic.ListFiles when FileListPhrase.OfEmpty(result, request.Language) is { } sentence => $"{Title(request, call)}\n{sentence}",
                OfflineTopic.ListFiles => Quote(request, call, FileListPhrase.WithoutHeading(result)),
                _ => Quote(request, call, result),
            };
        }

        return turn.HasCalled(call) || skills.Contains(call.Skill)
            ? In(request.Language, $"{Title(request, call)}\nNão consegui terminar. Pode tentar de novo?", $"{Title(request, call)}\nI could not finish this. Could you try again?")
            : In(request.Language, $"{Title(request, call)}\nIsso não está ligado aqui.", $"{Title(request, call)}\nThis is not switched on here.");
    }

    private static string Quote(OfflineRequest request, OfflineCall call, string result)
    {
        var text = result.Trim('\r', '\n').TrimEnd();
        return text.Length == 0
            ? $"{Title(request, call)}\n{In(request.Language, "(nada a mostrar)", "(nothing to show)")}"
            : $"{Title(request, call)}\n```\n{text.Replace("```", "'''", StringComparison.Ordinal)}\n```";
    }

    private static string Title(OfflineRequest request, OfflineCall call) => request.Topic switch
    {
        OfflineTopic.Clock => In(request.Language, "🕐 **Data e hora**", "🕐 **Date and time**"),
        OfflineTopic.ListFiles when request.Label is null => In(request.Language, "📁 **Seus arquivos**", "📁 **Your files**"),
        OfflineTopic.ListFiles => $"📁 {Code(request.Label)}",
        OfflineTopic.SearchFiles => $"🔎 {Code(request.Label!)}",
        OfflineTopic.ReadFile => $"📄 {Code(request.Label!)}{Lines(request.Language, call)}",
        OfflineTopic.SetReminder or OfflineTopic.ListReminders or OfflineTopic.CancelReminder => In(request.Language, "⏰ **Lembretes**", "⏰ **Reminders**"),
        _ => $"⚙️ {Code(request.Label!)}",
    };

    private static string Lines(OfflineLanguage language, OfflineCall call)
    {
        var start = call.Arguments.GetValueOrDefault("start_line");
        var end = call.Arguments.GetValueOrDefault("end_line");
        return (start, end) switch
        {
            (null, _) => "",
            (_, null) => In(language, $" (da linha {start} em diante)", $" (from line {start})"),
            _ when Equals(start, end) => In(language, $" (linha {start})", $" (line {start})"),
            _ => In(language, $" (linhas {start} a {end})", $" (lines {start} to {end})"),
        };
    }

    private static string Unknown(OfflineLanguage language, HashSet<string> skills) => In(
        language,
        "Essa eu não sei responder: aqui só sigo regras, sem um modelo de IA.",
        "I can't answer that one: I only follow rules here, without an AI model.")
        + "\n\n" + Menu(language, skills) + "\n\n" + In(
        language,
        "Para conversar sobre qualquer assunto, quem cuida deste número pode conectar um modelo de IA (o passo a passo está no README).",
        "To talk about anything, whoever runs this number can connect an AI model (the README shows how).");

    private static string Menu(OfflineLanguage language, HashSet<string> skills)
    {
        var menu = new StringBuilder();
        Add(OfflineCall.Clock, "🕐 **Data e hora**: \"que horas são?\", \"horas em Lisboa\"", "🕐 **Date and time**: \"what time is it?\", \"time in London\"");
        Add(OfflineCall.ListFiles, "📁 **Ver seus arquivos**: \"lista os arquivos\"", "📁 **See your files**: \"list files\"");
        Add(OfflineCall.ReadFile, "📄 **Ler um arquivo**: \"leia notas.txt\", \"leia notas.txt linhas 2 a 5\"", "📄 **Read a file**: \"read notes.txt\", \"read notes.txt lines 2-5\"");
        Add(OfflineCall.SearchFiles, "🔎 **Procurar**: \"procura boleto nos arquivos\"", "🔎 **Search**: \"search invoice in files\"");
        Add(OfflineCall.SetReminder, "⏰ **Lembretes**: \"me lembra em 10 minutos de tirar o bolo\", \"quais lembretes eu tenho?\"", "⏰ **Reminders**: \"remind me in 10 minutes to check the oven\", \"what reminders do I have?\"");
        Add(OfflineCall.RunCommand, "⚙️ **Rodar um comando permitido**: \"executa uptime\"", "⚙️ **Run an allowed command**: \"run uptime\"");
        return menu.Length == 0
            ? In(language, "Por enquanto nenhuma função está ligada aqui.", "Nothing is switched on here for now.")
            : In(language, "Posso ajudar com:", "I can help with:") + menu;

        void Add(string skill, string portuguese, string english)
        {
            if (skills.Contains(skill))
                menu.Append("\n- ").Append(In(language, portuguese, english));
        }
    }

    private static string In(OfflineLanguage language, string portuguese, string english) =>
        language == OfflineLanguage.English ? english : portuguese;

    private static string Code(string text) => $"`{text.Replace('`', '\'').ReplaceLineEndings(" ")}`";
}
