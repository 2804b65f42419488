using System.Globalization;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>"lista os arquivos", "leia notas.txt linhas 2 a 5", "procura boleto nos arquivos", "search invoice in files".</summary>
internal static partial class FileRequests
{
    public static OfflineRequest? Read(FoldedText wish, OfflineLanguage language) =>
        ReadSearch(wish, language) ?? ReadListing(wish, language) ?? ReadReading(wish, language);

    private static OfflineRequest? ReadSearch(FoldedText wish, OfflineLanguage language)
    {
        foreach (var pattern in (ReadOnlySpan<Regex>)[SearchInFiles(), SearchFilesFor(), WhichFileMentions(), SearchFor()])
        {
            var match = pattern.Match(wish.Folded);
            if (!match.Success)
                continue;

            var query = Unquote(wish.Originally(match.Groups["query"])!);
            var path = wish.Originally(match.Groups["folder"]);
            if (query.Length > 0)
                return new(OfflineTopic.SearchFiles, language, OfflineCall.To(OfflineCall.SearchFiles, ("query", query), ("path", path)), query);
        }

        return null;
    }

    private static OfflineRequest? ReadListing(FoldedText wish, OfflineLanguage language)
    {
        if (!Listing().IsMatch(wish.Folded))
            return null;

        var folder = Folder().Match(wish.Folded);
        var path = folder.Success ? Unquote(wish.Originally(folder.Groups["folder"])!) : null;
        object? recursive = Recursive().IsMatch(wish.Folded) ? true : null;
        return new(OfflineTopic.ListFiles, language, OfflineCall.To(OfflineCall.ListFiles, ("path", path), ("recursive", recursive)), path);
    }

    private static OfflineRequest? ReadReading(FoldedText wish, OfflineLanguage language)
    {
        var match = Reading().Match(wish.Folded);
        if (!match.Success || ReadPath(wish.From(match.Length), match.Groups["noun"].Success) is not { } path)
            return null;

        var (start, end) = ReadLines(wish.Folded);
        var call = OfflineCall.To(OfflineCall.ReadFile, ("path", path), ("start_line", start), ("end_line", end));
        return new(OfflineTopic.ReadFile, language, call, path);
    }

    private static string? ReadPath(FoldedText rest, bool saidFile)
    {
        foreach (var pattern in (ReadOnlySpan<Regex>)[QuotedPath(), PathWithExtension(), PathWithSlash()])
        {
            var match = pattern.Match(rest.Folded);
            if (match.Success)
                return rest.Originally(match.Groups["path"]);
        }

        var word = FirstWord().Match(rest.Folded);
        if (!word.Success)
            return null;

        // Without an extension only "README" or "the file notes" can be meant as a name.
        var name = rest.Originally(word.Groups["path"])!;
        return saidFile || (name.Length > 2 && name.All(letter => char.IsUpper(letter) || letter is '_' or '-')) ? name : null;
    }

    private static (object? Start, object? End) ReadLines(string text)
    {
        var match = Lines().Match(text);
        if (!match.Success)
            return (null, null);

        var first = Number(match.Groups["first"]);
        var last = Number(match.Groups["last"]);
        return first is null ? (1, last)
            : last is null && !match.Groups["onwards"].Success ? (first, first)
            : (first, last);
    }

    private static object? Number(Group group) => group.Success ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : null;

    private static string Unquote(string text) => text.Trim().Trim('"', '\'', '“', '”', '‘', '’', '`').Trim();

    [GeneratedRegex(
        @"^(procur[aeo]r?|procurando|busca|busque|buscar|pesquis[ae]r?|ach[ae]r?|encontr[ae]r?|cade|onde\s+(esta|tem|aparece)|search|find|look|grep)\s+((por|pel[oa]s?|for|up)\s+)?((a\s+palavra|o\s+texto|o\s+termo|algo\s+sobre|sobre|the\s+word|the\s+text|something\s+about)\s+)?(?<query>.+?)\s+(em|nos?|nas?|dentro\s+d[eoa]s?|in|inside|within|across)\s+(todos?\s+|all\s+|the\s+|os\s+|o\s+|a\s+|meus?\s+|minhas?\s+|my\s+|of\s+)*(arqu?ivos?|ficheiros?|documentos?|files?|documents?|(pasta|folder|directory|diretorio)\s+(?<folder>[^\s?!,]+)|(?<folder>[^\s?!,]+)\s+(folder|directory))\s*[?!.]*$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SearchInFiles();

    [GeneratedRegex(
        @"^(procur[ae]r?|busca|busque|buscar|pesquis[ae]r?|search|look|grep)\s+((em|nos?|in|inside|through)\s+)?(todos?\s+|all\s+|the\s+|os\s+|meus\s+|my\s+)*(arqu?ivos|ficheiros|documentos|files|documents)\s+((por|pel[oa]s?|com|for|with|containing|que\s+(tem|contem|falam?\s+d[eoa]))\s+)?((the\s+word|a\s+palavra|o\s+texto)\s+)?(?<query>.+?)\s*[?!.]*$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SearchFilesFor();

    [GeneratedRegex(
        @"\b(qual|quais|que|which|what)\s+(arqu?ivos?|documentos?|files?|documents?)\s+(tem|falam?(\s+(d[eoa]s?|sobre))?|mencionam?|contem|citam?|mentions?|contains?|ha[sv]e?|talks?\s+about)\s+(?!(na|no|em|aqui|ai|in|here|eu|i|we|salvos?)\b)(?<query>.+?)\s*[?!.]*$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex WhichFileMentions();

    // Without the word "files" only a quoted text or a few words can be a search.
    [GeneratedRegex(
        @"^(procur[ae]r?|busca|busque|buscar|pesquis[ae]r?|search|find|grep)\s+((por|pel[oa]s?|for)\s+)?((a\s+palavra|o\s+texto|the\s+word|the\s+text)\s+)?(?<query>""[^""]+""|'[^']+'|\S+?(\s+\S+?){0,2})\s*[?!.]*$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SearchFor();

    [GeneratedRegex(
        @"^(ls|dir)(\s|$)|^(list[ae]r?|lsita|list|mostr[ae]r?|show|display|exib[ae]r?|exibir|ve|ver|veja|abr[ae])\s+(\S+\s+){0,4}?(arqu?ivos|aquivos|ficheiros|documentos|pastas?|diretorio|files|documents|folders?|directory)\b|^(list[ae]r?|list|mostr[ae]r?|show)\s+(tudo|everything|all)\b|\b(quais|que|quantos|what|which)\s+(\S+\s+){0,3}?(arqu?ivos|aquivos|ficheiros|documentos|pastas|files|documents|folders)\b.{0,30}?\b(tenho|tem|temos|ha|existem?|salvos|guardados|have|exist|there|saved|got)\b|\b(quais|what|which)\s+(sao\s+|are\s+)?(os\s+|the\s+)?(meus\s+|my\s+)?(arqu?ivos|ficheiros|documentos|files|documents)\s*[?!.]*$|\b(que\s+(tem|ha)\s+(na|no)|what'?s?\s+(is\s+)?in)\s+(minha\s+|meu\s+|my\s+|the\s+)?(pasta|diretorio|folder|directory)\b|^(os\s+|the\s+|all\s+)?(meus\s+|my\s+)?(arqu?ivos|ficheiros|documentos|files|documents)\s*[?!.]*$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Listing();

    [GeneratedRegex(
        @"\b(pasta|diretorio|folder|directory)\s+(?!(com|e|and|with|inteira|toda|raiz|em|in|please|recursiv\w*)\b)(?<folder>""[^""]+""|'[^']+'|[^\s?!,]*[^\s?!,.])|\b(in|em|da|de)\s+(the\s+|a\s+)?(?<folder>[^\s?!,]+)\s+(folder|directory)\b|\b(em|in|de|of)\s+(?<folder>[\w.-]+/[\w./-]*)|^(ls|dir)\s+(?<folder>[^\s-]\S*)",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Folder();

    [GeneratedRegex(
        @"\b(tudo|everything|recursiv\w*|sub-?\s?pastas?|sub-?\s?folders?|subdirectories|tod[oa]s\s+(as|os)\s+(meus\s+)?(pastas|arqu?ivos)|all\s+(of\s+)?(the\s+|my\s+)?(files|folders))\b|\s-r\b",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Recursive();

    [GeneratedRegex(
        @"^(le|leia|ler|lei|read|abr[ae]|abrir|open|mostr[ae]r?|show|exib[ae]|exibir|display|ve|ver|veja|view|cat|print|conteudo|contents?|(o\s+)?que\s+(tem|diz|ha|esta\s+escrito)|what(\s+is|'?s)\s+in(side)?|what\s+does)\s+((me|pra\s+mim|para\s+mim|em|no|na|dentro|do|da|de|of|o|a|the|meu|my|conteudo|contents?|texto)\s+)*((as?\s+|the\s+)?((primeir[ao]s|first)\s+\d+\s+)?(linhas?|lines?)(\s+\d+(\s*(a|ate|-|to|e|and)\s*\d+)?)?\s+(de|do|da|of|from|in)\s+(o\s+|the\s+)?)?(?<noun>(arqu?ivo|ficheiro|documento|file|document)\s+((chamado|named|called)\s+)?)?",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reading();

    [GeneratedRegex(@"^[""'](?<path>[^""']+)[""']", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex QuotedPath();

    [GeneratedRegex(@"^(?<path>\S+?(\s\S+?){0,5}?\.[a-z][a-z0-9]{0,7})(?=[?!.,;:]*(\s|$))", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PathWithExtension();

    [GeneratedRegex(@"^(?<path>[^\s/]+/[^\s?!,;]*[^\s?!,;.])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex PathWithSlash();

    [GeneratedRegex(@"^(?<path>[^\s?!,;]*[^\s?!,;.])", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FirstWord();

    [GeneratedRegex(
        @"\b(?<onwards>(a\s+partir\s+d[ea]|desde|depois\s+d[ea]|starting\s+(at|from|with)|onwards?\s+from)\s+(a\s+)?)?lin(ha|e)s?\s+(?<first>\d{1,7})(\s*(a|ate|-|–|e|to|through|and|until)\s*(a\s+)?(linha\s+|line\s+)?(?<last>\d{1,7}))?|\b(primeir[ao]s|first|top)\s+(?<last>\d{1,7})\s+lin(ha|e)s?\b|\b(ate|up\s+to|until)\s+(a\s+)?lin(ha|e)\s+(?<last>\d{1,7})",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Lines();
}
