using System.Text;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>"executa uptime", "roda o comando df -h", "run date -u". Split into words here; no shell ever sees the line.</summary>
internal static partial class CommandRequests
{
    public static OfflineRequest? Read(FoldedText wish, OfflineLanguage language)
    {
        var match = Command().Match(wish.Folded);
        if (!match.Success)
            return null;

        var line = wish.Originally(match.Groups["line"])!.Trim().Trim('`').TrimEnd('?', '!').Trim();
        var words = SplitWords(line);
        if (words.Count == 0)
            return new OfflineRequest(OfflineTopic.Help, language);

        // "executa uptime." ends a sentence; "ls ." does not.
        if (words.Count == 1)
            words[0] = words[0].TrimEnd('.');
        return new OfflineRequest(
            OfflineTopic.RunCommand,
            language,
            OfflineCall.To(OfflineCall.RunCommand, ("executable", words[0]), ("arguments", words.Skip(1).ToArray())),
            string.Join(' ', words));
    }

    private static List<string> SplitWords(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quoted = false;
        var quote = '\0';
        foreach (var letter in line)
        {
            // Phones turn straight quotes into curly ones.
            var plain = letter switch { '“' or '”' => '"', '‘' or '’' => '\'', _ => letter };
            if (quote != '\0' && plain == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && plain is '"' or '\'')
            {
                quote = plain;
                quoted = true;
            }
            else if (quote == '\0' && char.IsWhiteSpace(letter))
            {
                AddWord();
            }
            else
            {
                // And "--" into a dash.
                word.Append(letter == '—' && word.Length == 0 && quote == '\0' ? "--" : letter);
            }
        }

        AddWord();
        return words;

        void AddWord()
        {
            if (word.Length > 0 || quoted)
                words.Add(word.ToString());
            word.Clear();
            quoted = false;
        }
    }

    // Without the word "command" the next one must look like a program: "run a report" is a wish for somebody else.
    [GeneratedRegex(
        @"^(\$\s+(?=[a-z./])|((executa|execute|executar|exec|roda|rode|rodar|run)\s+)?((o|esse|este|the|this)\s+)?(comando|command|programa|program)\s*:\s*|(executa|execute|executar|exec|roda|rode|rodar|run)(\s+((o|esse|este|the|this)\s+)?(comando|command|programa|program)\b\s*:?\s*|\s+(?!(o|a|os|as|um|uma|the|an|my|meu|minha|de|para|pra|to|this|that|for|away|out)\b)(?=[`""'a-z0-9./])|\s*$))(?<line>.*)$",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1000)]
    private static partial Regex Command();
}
