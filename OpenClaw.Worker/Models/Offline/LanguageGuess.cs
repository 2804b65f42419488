using System.Buffers;
using System.Collections.Frozen;
using System.Text.RegularExpressions;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>Portuguese or English, by the commonest words; words that both have count for neither.</summary>
internal static partial class LanguageGuess
{
    private static readonly SearchValues<char> PortugueseLetters = SearchValues.Create("ãõçÃÕÇ");

    private static readonly FrozenSet<string> Portuguese = FrozenSet.Create(StringComparer.Ordinal,
        "que", "q", "qual", "quais", "quem", "onde", "quando", "quanto", "como", "sao", "eh", "esta", "tem", "tenho", "hora", "horas", "hoje", "dia",
        "lista", "liste", "listar", "os", "as", "um", "uma", "arquivo", "arquivos", "pasta", "leia", "le", "ler", "abre", "abra", "mostra", "mostre",
        "mostrar", "procura", "procure", "procurar", "busca", "busque", "pesquisa", "nos", "nas", "na", "em", "de", "da", "do", "dos", "das", "para",
        "pra", "com", "por", "pelo", "executa", "execute", "roda", "rode", "comando", "oi", "oie", "ola", "opa", "ajuda", "eu", "voce", "vc", "meu",
        "minha", "meus", "favor", "obrigado", "obrigada", "valeu", "bom", "boa", "tarde", "noite", "tudo", "bem", "linha", "linhas", "agora", "nao",
        "lembra", "lembre", "lembrete", "lembretes", "avisa", "cancela", "apaga", "daqui", "amanha", "minutos", "sim", "isso", "quero", "preciso", "pode", "tchau", "ate");

    private static readonly FrozenSet<string> English = FrozenSet.Create(StringComparer.Ordinal,
        "what", "whats", "which", "who", "where", "when", "how", "is", "are", "it", "the", "time", "today", "day", "list", "file", "files", "folder",
        "read", "open", "show", "search", "find", "look", "run", "command", "hello", "hi", "hey", "help", "in", "of", "for", "to", "and", "with", "my",
        "you", "your", "can", "could", "please", "thanks", "thank", "good", "morning", "afternoon", "evening", "line", "lines", "now", "does", "have",
        "remind", "reminder", "reminders", "cancel", "tomorrow", "minutes", "hours", "at", "i", "this", "that", "tell", "from", "bye", "yes");

    /// <summary>The language of a message, or null when it does not show.</summary>
    public static OfflineLanguage? Of(FoldedText text)
    {
        var balance = 0;
        var first = 0;
        foreach (var word in Words().EnumerateMatches(text.Folded))
        {
            var score = Score(text.Folded.AsSpan(word.Index, word.Length));
            balance += score;
            if (first == 0)
                first = score;
        }

        return (balance == 0 ? first : balance) switch
        {
            > 0 => OfflineLanguage.Portuguese,
            < 0 => OfflineLanguage.English,
            _ => text.Original.AsSpan().ContainsAny(PortugueseLetters) ? OfflineLanguage.Portuguese : null,
        };
    }

    /// <summary>The language that the instructions mention first; Portuguese when they mention none.</summary>
    public static OfflineLanguage FromInstructions(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        var instructions = messages.Where(message => message.Role == ChatRole.System).Select(message => message.Text).Prepend(options?.Instructions ?? "");
        foreach (var text in instructions)
        {
            var mention = LanguageName().Match(text);
            if (mention.Success)
                return mention.Groups["english"].Success ? OfflineLanguage.English : OfflineLanguage.Portuguese;
        }

        return OfflineLanguage.Portuguese;
    }

    private static int Score(ReadOnlySpan<char> word)
    {
        if (Portuguese.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word))
            return 1;

        return English.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word) ? -1 : 0;
    }

    [GeneratedRegex("[a-z]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Words();

    // Case counts for the codes: "en" and "pt" alone are also pieces of words in other languages.
    [GeneratedRegex(@"\bpt(-BR|-PT)?\b|\b[Pp]ortugu[eê]se?\b|(?<english>\ben(-[A-Z]{2})?\b|\bEnglish\b|\b[Ii]ngl[eê]s\b)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LanguageName();
}
