using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>Finds the wishes in one message. Tolerates missing accents, greetings in front and several wishes at once.</summary>
internal static partial class RequestReader
{
    // Nobody asks a set of rules anything in more text than this; it also bounds the work of the patterns.
    private const int LongestText = 1000;

    /// <summary>The wishes in the order they were written; at least one.</summary>
    public static IReadOnlyList<OfflineRequest> Read(string text, OfflineLanguage fallback)
    {
        var message = FoldedText.Of(text.Length > LongestText ? text[..LongestText] : text);
        var language = LanguageGuess.Of(message) ?? fallback;
        var requests = new List<OfflineRequest>();
        foreach (var line in message.Split(LineEnd()))
        {
            // A command takes its whole line: what it is given may look like anything.
            if (CommandRequests.Read(WithoutCourtesy(line), language) is { } command)
                requests.Add(command);
            // So does a reminder: what it is about may be anything, too.
            else if (ReminderRequests.Read(WithoutCourtesy(line), language) is { } reminder)
                requests.Add(reminder);
            else
                requests.AddRange(line.Split(SentenceEnd()).SelectMany(sentence => sentence.Split(Conjunction())).Select(piece => ReadPiece(piece, language)));
        }

        // Chatter around a wish is no wish of its own; a question is.
        if (requests.Exists(request => request.Topic != OfflineTopic.Unknown))
            requests.RemoveAll(request => request is { Topic: OfflineTopic.Unknown, Label: null });
        return requests.Count == 0 ? [new OfflineRequest(OfflineTopic.Unknown, language)] : requests;
    }

    private static OfflineRequest ReadPiece(FoldedText piece, OfflineLanguage language)
    {
        var wish = WithoutCourtesy(piece);
        return CommandRequests.Read(wish, language)
            ?? FileRequests.Read(wish, language)
            ?? ClockRequests.Read(wish, language)
            ?? SmallTalk.Read(piece, language)
            ?? new OfflineRequest(OfflineTopic.Unknown, language, Label: piece.Original.EndsWith('?') ? piece.Original : null);
    }

    private static FoldedText WithoutCourtesy(FoldedText piece)
    {
        var start = Opening().Match(piece.Folded).Length;
        var end = Closing().Match(piece.Folded, start);
        return piece.Slice(start, (end.Success ? end.Index : piece.Original.Length) - start).Trim();
    }

    [GeneratedRegex(@"[\r\n]+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LineEnd();

    [GeneratedRegex(@"(?<=[.!?;])\s+", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SentenceEnd();

    [GeneratedRegex(
        @"(?<!\b(hoje|agora))\s+(e|and|then|depois)\s+(tambem\s+|also\s+|then\s+|depois\s+)?(?=(me\s+)?(que\s+horas|que\s+dia|qual\s+a\s+data|what\s+time|what\s+day|lista|liste|list|le|leia|read|mostra|mostre|show|procura|procure|busca|busque|search|abre|open)\b)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Conjunction();

    [GeneratedRegex(
        @"^(\s|[,;:!.*_~-]|(por\s*favor|pfvr?|pls|please|oi+e?|ola|opa|hello|hi|hey|bom\s+dia|boa\s+(tarde|noite)|good\s+(morning|afternoon|evening)|openclaw|bot|@\d+|can\s+you|could\s+you|would\s+you|will\s+you|((voce|vc|tu)\s+)?(pode(ria|s)?|consegue|sabes?)(\s+me)?(\s+(dizer|falar|informar))?|me|eu|quero|queria|preciso|gostaria\s+de|i\s+want\s+(you\s+)?to|i\s+need\s+(you\s+)?to|i'?d\s+like\s+(you\s+)?to|tell\s+me|(me\s+)?ajuda\s+a|help\s+me(\s+to)?|agora|now|entao|depois|then|and|e)(?=[\s,;:!.]))*",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Opening();

    [GeneratedRegex(@"([\s,]+(por\s*favor|pfvr?|please|pls|obrigad[oa]|thanks|thank\s+you|pra\s+mim|para\s+mim|for\s+me))+[\s!?.]*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Closing();
}
