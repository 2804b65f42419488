using System.Globalization;
using System.Text;
using OpenClaw.Worker.Models.Offline;

namespace OpenClaw.Tests.Models;

/// <summary>What people write, beside what the rules make of it: <c>skill key=value ...</c>, or the topic.</summary>
public sealed class OfflineRequestTests
{
    [Theory]
    [InlineData("que horas são?", "get_current_time")]
    [InlineData("Que horas sao", "get_current_time")]
    [InlineData("q hrs são", "get_current_time")]
    [InlineData("que horas?", "get_current_time")]
    [InlineData("oi, que horas são por favor?", "get_current_time")]
    [InlineData("você sabe me dizer que horas são agora?", "get_current_time")]
    [InlineData("hora certa", "get_current_time")]
    [InlineData("que dia é hoje?", "get_current_time")]
    [InlineData("hoje é que dia?", "get_current_time")]
    [InlineData("qual a data de hoje?", "get_current_time")]
    [InlineData("que dia da semana é hoje?", "get_current_time")]
    [InlineData("em que ano estamos?", "get_current_time")]
    [InlineData("data", "get_current_time")]
    [InlineData("horas em Lisboa", "get_current_time timezone=Europe/Lisbon")]
    [InlineData("que horas são em Tóquio agora?", "get_current_time timezone=Asia/Tokyo")]
    [InlineData("que horas são no rio de janeiro", "get_current_time timezone=America/Sao_Paulo")]
    [InlineData("que dia é hoje no japão?", "get_current_time timezone=Asia/Tokyo")]
    [InlineData("horário de Nova York", "get_current_time timezone=America/New_York")]
    [InlineData("que horas são em America/Manaus", "get_current_time timezone=America/Manaus")]
    [InlineData("que horas são em Helsinki?", "get_current_time timezone=Europe/Helsinki")]
    [InlineData("que horas são neste momento?", "get_current_time")]
    [InlineData("what time is it?", "get_current_time")]
    [InlineData("What's the time", "get_current_time")]
    [InlineData("what time is it in Tokyo?", "get_current_time timezone=Asia/Tokyo")]
    [InlineData("time in London", "get_current_time timezone=Europe/London")]
    [InlineData("what time is it in the UK right now?", "get_current_time timezone=Europe/London")]
    [InlineData("can you tell me the current time please?", "get_current_time")]
    [InlineData("what day is it today?", "get_current_time")]
    [InlineData("what's the date", "get_current_time")]
    [InlineData("today's date", "get_current_time")]
    [InlineData("que horas são em Nárnia?", "UnknownPlace")]
    [InlineData("what time is it in Mordor?", "UnknownPlace")]
    [InlineData("que horas são em Foo/Bar?", "UnknownPlace")]
    [InlineData("a que horas abre a loja?", "Unknown")]
    [InlineData("horário de funcionamento", "Unknown")]
    [InlineData("what time does the shop open?", "Unknown")]
    public void Clock(string text, string expected) => Read(text).ShouldBe(expected);

    [Theory]
    [InlineData("lista os arquivos", "list_files")]
    [InlineData("Liste meus arquivos por favor", "list_files")]
    [InlineData("lista os arqivos", "list_files")]
    [InlineData("quais arquivos eu tenho?", "list_files")]
    [InlineData("que arquivos existem aqui?", "list_files")]
    [InlineData("meus arquivos", "list_files")]
    [InlineData("me mostra os arquivos", "list_files")]
    [InlineData("lista tudo", "list_files recursive=true")]
    [InlineData("lista todos os arquivos", "list_files recursive=true")]
    [InlineData("lista os arquivos com subpastas", "list_files recursive=true")]
    [InlineData("lista os arquivos da pasta Contas/2026", "list_files path=Contas/2026")]
    [InlineData("lista a pasta \"Minhas Contas\"", "list_files path=Minhas Contas")]
    [InlineData("lista os arquivos da pasta contas recursivamente", "list_files path=contas recursive=true")]
    [InlineData("o que tem na pasta contas?", "list_files path=contas")]
    [InlineData("list files", "list_files")]
    [InlineData("show me my files", "list_files")]
    [InlineData("what files do I have?", "list_files")]
    [InlineData("list all files", "list_files recursive=true")]
    [InlineData("list files in the invoices folder", "list_files path=invoices")]
    [InlineData("list files in folder Invoices with subfolders", "list_files path=Invoices recursive=true")]
    [InlineData("ls", "list_files")]
    [InlineData("ls Contas", "list_files path=Contas")]
    [InlineData("que documentos preciso para abrir uma conta?", "Unknown")]
    public void Listing(string text, string expected) => Read(text).ShouldBe(expected);

    [Theory]
    [InlineData("lê o arquivo notas.txt", "read_file path=notas.txt")]
    [InlineData("le o arquivo Notas.TXT", "read_file path=Notas.TXT")]
    [InlineData("leia notas.txt linhas 2 a 5", "read_file end_line=5 path=notas.txt start_line=2")]
    [InlineData("leia as linhas 2 a 5 de notas.txt", "read_file end_line=5 path=notas.txt start_line=2")]
    [InlineData("read the first 10 lines of notes.txt", "read_file end_line=10 path=notes.txt start_line=1")]
    [InlineData("leia notas.txt da linha 3 até a linha 9", "read_file end_line=9 path=notas.txt start_line=3")]
    [InlineData("leia notas.txt linha 4", "read_file end_line=4 path=notas.txt start_line=4")]
    [InlineData("leia notas.txt a partir da linha 10", "read_file path=notas.txt start_line=10")]
    [InlineData("leia notas.txt até a linha 3", "read_file end_line=3 path=notas.txt start_line=1")]
    [InlineData("mostra o arquivo lista de preços.csv", "read_file path=lista de preços.csv")]
    [InlineData("mostra o conteúdo do arquivo contas/março.md", "read_file path=contas/março.md")]
    [InlineData("abre o arquivo receitas", "read_file path=receitas")]
    [InlineData("abra \"minha lista.txt\"", "read_file path=minha lista.txt")]
    [InlineData("o que tem no notas.txt?", "read_file path=notas.txt")]
    [InlineData("read notes.txt lines 10-20", "read_file end_line=20 path=notes.txt start_line=10")]
    [InlineData("read the first 10 lines", "Unknown")]
    [InlineData("read notes.txt first 10 lines", "read_file end_line=10 path=notes.txt start_line=1")]
    [InlineData("could you open the file called plan-v1.2.md?", "read_file path=plan-v1.2.md")]
    [InlineData("show me the file docs/todo", "read_file path=docs/todo")]
    [InlineData("cat README", "read_file path=README")]
    [InlineData("what's in notes.txt?", "read_file path=notes.txt")]
    [InlineData("read", "Unknown")]
    [InlineData("leia isso", "Unknown")]
    public void Reading(string text, string expected) => Read(text).ShouldBe(expected);

    [Theory]
    [InlineData("procura boleto nos arquivos", "search_files query=boleto")]
    [InlineData("procure por Boleto Março nos meus arquivos", "search_files query=Boleto Março")]
    [InlineData("busca \"conta de luz\" na pasta Contas", "search_files path=Contas query=conta de luz")]
    [InlineData("procura nos arquivos a palavra boleto", "search_files query=boleto")]
    [InlineData("procura boleto", "search_files query=boleto")]
    [InlineData("onde tem boleto nos arquivos?", "search_files query=boleto")]
    [InlineData("quais arquivos falam de aluguel?", "search_files query=aluguel")]
    [InlineData("search invoice in files", "search_files query=invoice")]
    [InlineData("find \"late fee\" in the contracts folder", "search_files path=contracts query=late fee")]
    [InlineData("search my files for invoice", "search_files query=invoice")]
    [InlineData("which file mentions rent?", "search_files query=rent")]
    [InlineData("procura um restaurante bom aqui perto de casa", "Unknown")]
    public void Searching(string text, string expected) => Read(text).ShouldBe(expected);

    [Theory]
    [InlineData("executa uptime", "run_command arguments= executable=uptime")]
    [InlineData("executa uptime.", "run_command arguments= executable=uptime")]
    [InlineData("roda o comando df -h", "run_command arguments=-h executable=df")]
    [InlineData("pode rodar o comando df -h, por favor?", "run_command arguments=-h executable=df")]
    [InlineData("comando: uptime", "run_command arguments= executable=uptime")]
    [InlineData("run date -u", "run_command arguments=-u executable=date")]
    [InlineData("run `df -h`", "run_command arguments=-h executable=df")]
    [InlineData("$ uptime", "run_command arguments= executable=uptime")]
    [InlineData("run ls .", "run_command arguments=. executable=ls")]
    [InlineData("run echo \"a b\" 'c;d' \"\" e'f'", "run_command arguments=a b|c;d||ef executable=echo")]
    [InlineData("run echo “a b” —utc", "run_command arguments=a b|--utc executable=echo")]
    [InlineData("run date; rm -rf /", "run_command arguments=rm|-rf|/ executable=date;")]
    [InlineData("executa", "Help")]
    [InlineData("run a report about sales", "Unknown")]
    public void Commands(string text, string expected) => Read(text).ShouldBe(expected);

    [Theory]
    [InlineData("oi", "Greeting")]
    [InlineData("Olá!", "Greeting")]
    [InlineData("bom dia, tudo bem?", "Greeting")]
    [InlineData("hello there", "Greeting")]
    [InlineData("hi", "Greeting")]
    [InlineData("ajuda", "Help")]
    [InlineData("menu", "Help")]
    [InlineData("/help", "Help")]
    [InlineData("o que você pode fazer?", "Help")]
    [InlineData("me ajuda", "Help")]
    [InlineData("você é um robô?", "Help")]
    [InlineData("what can you do?", "Help")]
    [InlineData("who are you", "Help")]
    [InlineData("obrigada!", "Thanks")]
    [InlineData("thanks a lot", "Thanks")]
    [InlineData("quanto custa o bolo de cenoura?", "Unknown")]
    [InlineData("tell me a joke", "Unknown")]
    [InlineData("👍", "Unknown")]
    [InlineData("   ", "Unknown")]
    public void Small_talk(string text, string expected) => Read(text).ShouldBe(expected);

    [Theory]
    [InlineData("me lembra em 10 minutos de tirar o bolo", "set_reminder in_minutes=10 text=tirar o bolo")]
    [InlineData("Oi! Me lembra daqui a 2 horas de ligar pro João, por favor", "set_reminder in_minutes=120 text=ligar pro João")]
    [InlineData("lembra de ligar pro João às 15h", "set_reminder text=ligar pro João time=15:00")]
    [InlineData("lembra de ligar pro João as 15h30", "set_reminder text=ligar pro João time=15:30")]
    [InlineData("me lembre às 8 da noite de tomar o remédio", "set_reminder text=tomar o remédio time=20:00")]
    [InlineData("você pode me lembrar amanhã às 9 de pagar a luz?", "set_reminder text=pagar a luz? time=tomorrow 09:00")]
    [InlineData("lembra de pagar a luz amanhã", "set_reminder text=pagar a luz time=tomorrow 09:00")]
    [InlineData("me lembra de pagar a luz às 10:15 de amanhã", "set_reminder text=pagar a luz time=tomorrow 10:15")]
    [InlineData("me lembra em meia hora que o bolo está no forno", "set_reminder in_minutes=30 text=o bolo está no forno")]
    [InlineData("me lembra daqui uma hora e meia de sair", "set_reminder in_minutes=90 text=sair")]
    [InlineData("me lembra em 2h30 de sair", "set_reminder in_minutes=150 text=sair")]
    [InlineData("me lembra de ler 2 páginas em 3 dias", "set_reminder in_minutes=4320 text=ler 2 páginas")]
    [InlineData("cria um lembrete para comprar pão e leite ao meio-dia", "set_reminder text=comprar pão e leite time=12:00")]
    [InlineData("me lembra de ler notas.txt e abrir a loja às 7h", "set_reminder text=ler notas.txt e abrir a loja time=07:00")]
    [InlineData("remind me in 2 hours to call mom", "set_reminder in_minutes=120 text=call mom")]
    [InlineData("remind me to call mom at 3pm", "set_reminder text=call mom time=15:00")]
    [InlineData("can you remind me tomorrow at 9:30 am to call mom", "set_reminder text=call mom time=tomorrow 09:30")]
    [InlineData("set a reminder in half an hour to check the oven", "set_reminder in_minutes=30 text=check the oven")]
    [InlineData("avisa em 5 min que acabou", "set_reminder in_minutes=5 text=acabou")]
    [InlineData("me lembra de comprar pão", "UnclearReminder")]
    [InlineData("me lembra em 10 minutos", "UnclearReminder")]
    [InlineData("remind me at 27:00 to sleep", "UnclearReminder")]
    [InlineData("você lembra de mim?", "Unknown")]
    [InlineData("avisa o João", "Unknown")]
    [InlineData("quais lembretes eu tenho?", "list_reminders")]
    [InlineData("lista meus lembretes", "list_reminders")]
    [InlineData("meus lembretes", "list_reminders")]
    [InlineData("what reminders do I have?", "list_reminders")]
    [InlineData("show my reminders", "list_reminders")]
    [InlineData("cancela o lembrete 2", "cancel_reminder number=2")]
    [InlineData("apaga o lembrete número 12", "cancel_reminder number=12")]
    [InlineData("cancel reminder 2", "cancel_reminder number=2")]
    public void Reminders(string text, string expected) => Read(text).ShouldBe(expected);

    [Theory]
    [InlineData("Oi! Que horas são?", "Greeting; get_current_time")]
    [InlineData("que horas são e lista os arquivos", "get_current_time; list_files")]
    [InlineData("what time is it and then list my files", "get_current_time; list_files")]
    [InlineData("que horas são?\nexecuta uptime", "get_current_time; run_command arguments= executable=uptime")]
    [InlineData("que horas são? tô atrasado", "get_current_time")]
    [InlineData("que horas são? quanto custa o bolo?", "get_current_time; Unknown")]
    public void Several_wishes_at_once(string text, string expected) => Read(text).ShouldBe(expected);

    [Theory]
    [InlineData("que horas são?", "Portuguese")]
    [InlineData("what time is it?", "English")]
    [InlineData("run df -h", "English")]
    [InlineData("roda df -h", "Portuguese")]
    [InlineData("lista files", "Portuguese")]
    [InlineData("promoção", "Portuguese")]
    [InlineData("menu", null)]
    public void Language_of_a_message(string text, string? expected) =>
        LanguageGuess.Of(FoldedText.Of(text))?.ToString().ShouldBe(expected);

    [Fact]
    public void Letters_and_accents_sent_apart_are_understood() =>
        Read("lê o arquivo promoção.txt".Normalize(NormalizationForm.FormD)).ShouldBe("read_file path=promoção.txt");

    [Fact]
    public void Endless_text_is_cut_before_it_is_looked_at() =>
        Read(string.Concat(Enumerable.Repeat("procura a b c d x ", 10_000))).ShouldBe("Unknown");

    private static string Read(string text) => string.Join("; ", RequestReader.Read(text, OfflineLanguage.Portuguese).Select(Describe));

    private static string Describe(OfflineRequest request) => request.Call is not { } call ? request.Topic.ToString() :
        string.Join(' ', call.Arguments.OrderBy(argument => argument.Key, StringComparer.Ordinal)
            .Select(argument => $"{argument.Key}={Describe(argument.Value)}").Prepend(call.Skill));

    private static string Describe(object? value) => value switch
    {
        string[] words => string.Join('|', words),
        true => "true",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
