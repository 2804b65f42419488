using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>Greetings, thanks and "what can you do?".</summary>
internal static partial class SmallTalk
{
    public static OfflineRequest? Read(FoldedText piece, OfflineLanguage language)
    {
        if (Help().IsMatch(piece.Folded))
            return new OfflineRequest(OfflineTopic.Help, language);
        if (Thanks().IsMatch(piece.Folded))
            return new OfflineRequest(OfflineTopic.Thanks, language);

        return Greeting().IsMatch(piece.Folded) ? new OfflineRequest(OfflineTopic.Greeting, language) : null;
    }

    [GeneratedRegex(
        @"^[/!]?(help|ajuda|menu|start|inicio|comandos|commands|opcoes|options|socorro|\?+)\s*[?!.]*$|\b(o\s+)?que\s+(e\s+que\s+)?(voce|vc|tu|o\s+openclaw)\s+(pode|sabe|consegue|faz)\b|\bcomo\s+(voce|vc|isso|isto)?\s*(funciona|pode\s+(me\s+)?ajudar)|\b(me\s+ajud[ae]|preciso\s+de\s+ajuda)\b|\bquem\s+(e|eh)\s+(voce|vc)\b|\b(voce|vc)\s+(e|eh)\s+(um\s+|uma\s+)?(robo|bot|ia|humano|pessoa)\b|\bwhat\s+(can|do)\s+you\s+do\b|\bwhat\s+are\s+you\s+able\b|\bhow\s+(do\s+you|does\s+(this|it))\s+work\b|\bhow\s+can\s+you\s+help\b|\bhelp\s+me\b|\bi\s+need\s+help\b|\bwho\s+are\s+you\b|\bare\s+you\s+(a\s+|an\s+)?(bot|robot|ai|human)\b",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Help();

    [GeneratedRegex(@"^(muito\s+)?(obrigad[oa]|brigad[oa]|obg|valeu|vlw|grat[oa]|thanks|thank\s+you|thx|ty)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Thanks();

    [GeneratedRegex(
        @"^[\s*_]*(oi+e?|ola+|opa|e\s*ai|alo+|salve|hello+|hi+|hey+|yo|bom\s+dia|boa\s+tarde|boa\s+noite|good\s+(morning|afternoon|evening)|tudo\s+(bem|bom)|how\s+are\s+you|tem\s+alguem\s+ai)(\s+(openclaw|bot|pessoal|gente|there|tudo\s+(bem|bom)|everyone|amigo|amiga))*[\s,?!.)]*((tudo\s+(bem|bom)|bom\s+dia|boa\s+tarde|boa\s+noite|how\s+are\s+you)[\s?!.]*)?$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Greeting();
}
