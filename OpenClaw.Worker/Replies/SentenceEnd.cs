using System.Collections.Frozen;

namespace OpenClaw.Worker.Replies;

/// <summary>Tells a sentence's end from the dot of an abbreviation, a list number or an initial.</summary>
internal static class SentenceEnd
{
    private const string Closers = "\"'”’»)]*_~`";

    private static readonly FrozenSet<string> Abbreviations = new[]
    {
        "sr", "sra", "srs", "sras", "srta", "dr", "dra", "drs", "dras", "prof", "profa", "eng", "exmo", "exma", "ilmo", "ilma", "av", "art",
        "cap", "cf", "cia", "etc", "ex", "fig", "fl", "gov", "inc", "jr", "ltda", "máx", "min", "mín", "nº", "núm", "num", "obs", "op", "pág", "pag", "pp",
        "p", "prov", "ref", "séc", "sto", "sta", "tel", "trad", "vol", "vs", "v", "mr", "mrs", "ms", "mt", "st", "approx", "dept",
        "e.g", "i.e", "a.m", "p.m", "a.c", "d.c", "p.ex", "s.a", "u.s", "jan", "fev", "feb", "mar", "abr", "apr", "jun", "jul", "ago", "aug", "sep", "sept",
        "oct", "nov", "dez", "dec",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a sentence ends right before <paramref name="i"/>, which is a blank or (after 。！？) the next sentence.</summary>
    public static bool IsAt(string text, int i)
    {
        var end = i;
        while (end > 0 && Closers.Contains(text[end - 1], StringComparison.Ordinal))
            end--;
        if (end == 0)
            return false;
        if (text[end - 1] is '。' or '！' or '？')
            return !Closers.Contains(text[i], StringComparison.Ordinal);
        if (!CutMap.IsBlank(text[i]))
            return false;
        return text[end - 1] switch
        {
            '!' or '?' or '…' => true,
            '.' => !IsAbbreviation(text, end - 1) && !GoesOn(text, i),
            _ => false,
        };
    }

    // "etc. e mais": a sentence does not begin with a small letter.
    private static bool GoesOn(string text, int i)
    {
        while (i < text.Length && (CutMap.IsBlank(text[i]) || Closers.Contains(text[i], StringComparison.Ordinal)))
            i++;
        return i < text.Length && char.IsLower(text[i]);
    }

    private static bool IsAbbreviation(string text, int dot)
    {
        var start = dot;
        while (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '.' or 'º' or 'ª'))
            start--;
        var word = text.AsSpan(start, dot - start);
        if (word.IsEmpty || word.EndsWith(".", StringComparison.Ordinal))
            return false;
        if (word.Length == 1 && char.IsUpper(word[0]))
            return true;
        if (!word.ContainsAnyExceptInRange('0', '9'))
            return IsLineStart(text, start);
        return Abbreviations.GetAlternateLookup<ReadOnlySpan<char>>().Contains(word);
    }

    // "1. Buy milk": the number belongs to its item. "It was 1990. Then" is an end.
    private static bool IsLineStart(string text, int start)
    {
        while (start > 0 && text[start - 1] is ' ' or '\t' or '>')
            start--;
        return start == 0 || text[start - 1] == '\n';
    }
}
