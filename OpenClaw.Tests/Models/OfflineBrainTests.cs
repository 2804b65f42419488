using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenClaw.Worker.Models.Offline;
using static OpenClaw.Tests.Models.ModelTestKit;

namespace OpenClaw.Tests.Models;

public sealed class OfflineBrainTests
{
    private const string Noon = "2026-11-22T07:43:00-03:00\nSunday\nAmerica/Sao_Paulo";

    private static readonly ChatMessage Before = new(ChatRole.Assistant, "Olá!");
    private static readonly string[] AllSkills = ["get_current_time", "list_files", "search_files", "read_file", "run_command", "set_reminder", "list_reminders", "cancel_reminder"];

    [Theory]
    [InlineData("que horas são?", Noon, "São 07:43 de domingo, 22 de novembro de 2026 (America/Sao_Paulo).")]
    [InlineData("que horas são?", "2026-03-03T01:05:00-03:00 Tuesday America/Sao_Paulo", "É 01:05 de terça-feira, 3 de março de 2026 (America/Sao_Paulo).")]
    [InlineData("que dia é hoje?", Noon, "Hoje é domingo, 22 de novembro de 2026, e agora são 07:43 (America/Sao_Paulo).")]
    [InlineData("que horas são em tóquio?", "2026-11-22T19:43:00+09:00\nSunday\nAsia/Tokyo", "Em Tóquio são 19:43 de domingo, 22 de novembro de 2026 (Asia/Tokyo).")]
    [InlineData("que dia é hoje no Japão?", "2026-11-22T19:43:00+09:00\nSunday\nAsia/Tokyo", "No Japão é domingo, 22 de novembro de 2026, e agora são 19:43 (Asia/Tokyo).")]
    [InlineData("what time is it?", "2026-11-22T10:43:00+00:00\nSunday\nUTC", "It's 10:43 on Sunday, 22 November 2026 (UTC).")]
    [InlineData("what time is it in Tokyo?", "2026-11-22T19:43:00+09:00\nSunday\nAsia/Tokyo", "In Tokyo it's 19:43 on Sunday, 22 November 2026 (Asia/Tokyo).")]
    [InlineData("what day is it today?", Noon, "Today is Sunday, 22 November 2026, and it's 07:43 now (America/Sao_Paulo).")]
    [InlineData("what day is it in Tokyo?", "2026-11-22T19:43:00+09:00", "In Tokyo it's Sunday, 22 November 2026, 19:43 now.")]
    [InlineData("que horas são?", "The clock is broken.", "🕐 **Data e hora**\n```\nThe clock is broken.\n```")]
    [InlineData("lista os arquivos", "a.txt\nb.txt\n", "📁 **Seus arquivos**\n```\na.txt\nb.txt\n```")]
    [InlineData("lista os arquivos", "2 entries in .\na.txt\nb.txt\n", "📁 **Seus arquivos**\n```\na.txt\nb.txt\n```")]
    [InlineData("lista os arquivos", "The folder . is empty.", "📁 **Seus arquivos**\nEsta pasta está vazia.")]
    [InlineData("list files", "The folder . is empty.", "📁 **Your files**\nThis folder is empty.")]
    [InlineData("list files", "", "📁 **Your files**\n(nothing to show)")]
    [InlineData("lista a pasta contas", "luz.pdf", "📁 `contas`\n```\nluz.pdf\n```")]
    [InlineData("leia notas.txt", "", "📄 `notas.txt`\n(nada a mostrar)")]
    [InlineData("leia notas.txt linhas 2 a 5", "  dois", "📄 `notas.txt` (linhas 2 a 5)\n```\n  dois\n```")]
    [InlineData("leia notas.txt linha 2", "dois", "📄 `notas.txt` (linha 2)\n```\ndois\n```")]
    [InlineData("read notes.txt starting at line 2", "```x", "📄 `notes.txt` (from line 2)\n```\n'''x\n```")]
    [InlineData("search invoice in files", "a.txt:3: invoice", "🔎 `invoice`\n```\na.txt:3: invoice\n```")]
    [InlineData("executa df -h", "Filesystem", "⚙️ `df -h`\n```\nFilesystem\n```")]
    [InlineData("me lembra às 15h de ligar pro João", "Reminder 2 is set for 2026-11-23T15:00:00-03:00 (Monday, America/Sao_Paulo): ligar pro João", "⏰ Combinado! Lembrete 2: ligar pro João\nsegunda-feira, 23 de novembro de 2026, às 15:00 (America/Sao_Paulo)")]
    [InlineData("remind me at 3pm to call mom", "Reminder 1 is set for 2026-11-23T15:00:00+00:00 (Monday, UTC): call mom", "⏰ All right! Reminder 1: call mom\nMonday, 23 November 2026, 15:00 (UTC)")]
    [InlineData("me lembra hoje às 9h de sair", "That time is in the past.", "⏰ Essa hora já passou.")]
    [InlineData("quais lembretes eu tenho?", "There are no reminders.", "⏰ Nenhum lembrete.")]
    [InlineData("quais lembretes eu tenho?", "Reminders: number | time | state | text\n1 | 2026-11-23T15:00:00-03:00 | scheduled | ligar\n2 | 2026-11-22T10:00:00-03:00 | delivered | bolo", "⏰ **Seus lembretes**\n- 1: ligar – segunda-feira, 23 de novembro de 2026, às 15:00\n- 2: bolo – domingo, 22 de novembro de 2026, às 10:00 (entregue)")]
    [InlineData("cancela o lembrete 2", "Reminder 2 is cancelled: bolo", "🗑️ Lembrete 2 cancelado: bolo")]
    [InlineData("cancela o lembrete 2", "No reminder 2 is waiting.", "Não há lembrete com esse número à espera. Veja com \"quais lembretes eu tenho?\".")]
    public async Task Result_of_a_skill_is_told_to_a_person(string question, string result, string expected)
    {
        var (_, answer) = await AskAsync(question, result);

        answer.ShouldBe(expected);
    }

    [Fact]
    public async Task Skills_are_called_through_the_tool_loop()
    {
        var (calls, _) = await AskAsync("run date -u", "x");

        var call = calls.ShouldHaveSingleItem();
        call.Name.ShouldBe("run_command");
        call.Arguments!["executable"].ShouldBe("date");
        call.Arguments["arguments"].ShouldBe(new[] { "-u" });
    }

    [Fact]
    public async Task Burst_is_answered_in_full_with_one_round_of_calls()
    {
        ChatMessage[] messages = [Before, User("oi"), User("que horas são?"), User("what time is it?"), User("list files"), User("kkk"), User("e aí, quanto custa?")];

        var calls = (await RespondAsync(messages)).Calls();

        calls.Select(call => call.Name).ShouldBe(["get_current_time", "list_files"]);
        var answer = (await RespondAsync([.. messages, .. Results(calls, call => call.Name == "list_files" ? "a.txt" : Noon)])).Text();
        answer.ShouldStartWith("Olá! 👋\n\nSão 07:43");
        answer.ShouldContain("📁 **Your files**\n```\na.txt\n```");
        answer.ShouldContain("Essa eu não sei responder");
    }

    [Fact]
    public async Task Message_that_joins_the_turn_is_called_for_on_its_own()
    {
        ChatMessage[] messages = [Before, User("que horas são?")];
        var first = (await RespondAsync(messages)).Calls();
        ChatMessage[] joined = [.. messages, .. Results(first, _ => Noon), User("lista os arquivos")];

        var second = (await RespondAsync(joined)).Calls();

        second.Select(call => call.Name).ShouldBe(["list_files"]);
        (await RespondAsync([.. joined, .. Results(second, _ => "a.txt")])).Text().ShouldBe("São 07:43 de domingo, 22 de novembro de 2026 (America/Sao_Paulo).\n\n📁 **Seus arquivos**\n```\na.txt\n```");
    }

    [Fact]
    public async Task Calls_that_went_through_storage_are_recognised()
    {
        ChatMessage[] messages = [Before, User("leia notas.txt linhas 2 a 5"), User("executa df -h /"), User("lista tudo")];
        var stored = (await RespondAsync(messages)).Calls()
            .Select(call => new FunctionCallContent(call.CallId, call.Name, JsonSerializer.Deserialize<Dictionary<string, object?>>(JsonSerializer.Serialize(call.Arguments))))
            .ToList();

        var updates = await RespondAsync([.. messages, .. Results(stored, _ => "ok")]);

        updates.Calls().ShouldBeEmpty();
        updates.Text().ShouldContain("📄 `notas.txt` (linhas 2 a 5)\n```\nok");
    }

    [Fact]
    public async Task Call_that_never_came_back_is_admitted_and_not_repeated()
    {
        ChatMessage[] messages = [Before, User("executa uptime")];
        var calls = (await RespondAsync(messages)).Calls();

        var updates = await RespondAsync([.. messages, new ChatMessage(ChatRole.Assistant, [.. calls])]);

        updates.Calls().ShouldBeEmpty();
        updates.Text().ShouldContain("Não consegui terminar");
    }

    [Theory]
    [InlineData("executa uptime", "Isso não está ligado aqui.")]
    [InlineData("run uptime", "This is not switched on here.")]
    [InlineData("que horas são?", "Isso não está ligado aqui.")]
    public async Task Skill_that_is_not_offered_is_not_called(string question, string expected)
    {
        var updates = await RespondAsync([Before, User(question)], skills: ["read_file"]);

        updates.Calls().ShouldBeEmpty();
        updates.Text().ShouldEndWith(expected);
    }

    [Fact]
    public async Task First_answer_says_that_no_model_is_behind_it()
    {
        (await RespondAsync([User("oi")])).Text().ShouldStartWith("🤖 **Modo offline** – respondo por regras, sem um modelo de IA.\n\nOlá! 👋");
        (await RespondAsync([User("hello")])).Text().ShouldStartWith("🤖 **Offline mode** – I answer by rules");
        (await RespondAsync([User("oi"), Before, User("oi")])).Text().ShouldNotContain("Modo offline");
    }

    [Fact]
    public async Task First_answer_after_a_call_is_labelled_too()
    {
        var calls = (await RespondAsync([User("que horas são?")])).Calls();

        (await RespondAsync([User("que horas são?"), .. Results(calls, _ => Noon)])).Text().ShouldStartWith("🤖 **Modo offline**");
    }

    [Theory]
    [InlineData("ajuda", "Posso ajudar com:", "executa uptime")]
    [InlineData("help", "I can help with:", "run uptime")]
    [InlineData("oi", "Eu sou o OpenClaw", "procura boleto nos arquivos")]
    [InlineData("tell me a joke please", "I only follow rules here", "README")]
    [InlineData("me conta uma piada", "aqui só sigo regras", "README")]
    [InlineData("obrigado", "De nada", "😊")]
    [InlineData("que horas são em Nárnia?", "Não conheço o fuso horário de `Nárnia`", "Lisboa")]
    [InlineData("what time is it in Mordor?", "I don't know the time zone of `Mordor`", "London")]
    public async Task Words_are_in_the_language_of_the_message(string question, string expected, string andAlso)
    {
        var text = (await RespondAsync([Before, User(question)])).Text();

        text.ShouldContain(expected);
        text.ShouldContain(andAlso);
    }

    [Theory]
    [InlineData("The person's locale is en.", "I can help with:")]
    [InlineData("Locale: pt-BR. Answer in the person's language.", "Posso ajudar com:")]
    [InlineData("Answer in English unless asked otherwise.", "I can help with:")]
    [InlineData("Be brief.", "Posso ajudar com:")]
    public async Task Unclear_language_is_that_of_the_instructions(string instructions, string expected)
    {
        (await RespondAsync([new ChatMessage(ChatRole.System, instructions), Before, User("menu")])).Text().ShouldContain(expected);
        (await RespondAsync([Before, User("menu")], instructions)).Text().ShouldContain(expected);
    }

    [Fact]
    public async Task Menu_offers_only_what_is_there()
    {
        (await RespondAsync([Before, User("ajuda")], skills: ["get_current_time"])).Text().ShouldNotContain("arquivo");
        (await RespondAsync([Before, User("ajuda")], skills: [])).Text().ShouldBe("Por enquanto nenhuma função está ligada aqui.");
    }

    [Fact]
    public async Task Turn_without_text_gets_an_answer() =>
        (await RespondAsync([Before, new ChatMessage(ChatRole.User, "")])).Text().ShouldContain("aqui só sigo regras");

    [Fact]
    public async Task Answer_comes_in_pieces_that_end_between_words()
    {
        var updates = await RespondAsync([User("ajuda")]);

        updates.Count.ShouldBeGreaterThan(2);
        updates.SkipLast(1).ShouldAllBe(update => char.IsWhiteSpace(update.Text.Last()) && update.FinishReason == null);
        updates[^1].FinishReason.ShouldBe(ChatFinishReason.Stop);
        using var brain = new OfflineBrain();
        (await brain.GetResponseAsync([User("ajuda")])).Text.ShouldContain("Modo offline");
    }

    [Fact]
    public void Cancelled_call_ends()
    {
        using var brain = new OfflineBrain();

        Should.Throw<OperationCanceledException>(() => brain.GetStreamingResponseAsync([User("oi")], cancellationToken: new CancellationToken(canceled: true)));
        brain.GetService<ChatClientMetadata>()!.ProviderName.ShouldBe("offline");
        brain.GetService<string>().ShouldBeNull();
        brain.GetService<OfflineBrain>("key").ShouldBeNull();
    }

    private static async Task<(List<FunctionCallContent> Calls, string Answer)> AskAsync(string question, string result)
    {
        ChatMessage[] messages = [Before, User(question)];
        var updates = await RespondAsync(messages);
        updates[^1].FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        var calls = updates.Calls();
        return (calls, (await RespondAsync([.. messages, .. Results(calls, _ => result)])).Text());
    }

    private static ChatMessage[] Results(List<FunctionCallContent> calls, Func<FunctionCallContent, string> result) =>
    [
        new(ChatRole.Assistant, [.. calls]),
        .. calls.Select(call => new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, result(call))])),
    ];

    private static async Task<List<ChatResponseUpdate>> RespondAsync(ChatMessage[] messages, string? instructions = null, string[]? skills = null)
    {
        using var brain = new OfflineBrain();
        var options = new ChatOptions { Instructions = instructions, Tools = [.. (skills ?? AllSkills).Select(name => AIFunctionFactory.Create(() => "", name))] };
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in brain.GetStreamingResponseAsync(messages, options))
            updates.Add(update);
        return updates;
    }
}
