using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>
/// A text beside itself in lower case without accents, character for character, so that what a pattern finds in the folded
/// form is cut out of the original. Own tables: a slim container may have no ICU.
/// </summary>
internal readonly record struct FoldedText(string Original, string Folded)
{
    private const string Accented = "àáâãäåçèéêëìíîïñòóôõöùúûüýÿ’‘“”´`";
    private const string Plain = "aaaaaaceeeeiiiinooooouuuuyy''\"\"''";

    private static readonly SearchValues<char> CombiningMarks = SearchValues.Create(
        [.. Enumerable.Range(0x300, 0x70).Select(code => (char)code)]);

    public bool IsEmpty => Original.Length == 0;

    public static FoldedText Of(string text)
    {
        // Phones may send "é" as two characters.
        if (text.AsSpan().ContainsAny(CombiningMarks))
            text = text.Normalize(NormalizationForm.FormC);

        return new(text, string.Create(text.Length, text, static (folded, original) =>
        {
            for (var i = 0; i < folded.Length; i++)
                folded[i] = Fold(original[i]);
        }));
    }

    public FoldedText Slice(int start, int length) => new(Original.Substring(start, length), Folded.Substring(start, length));

    public FoldedText From(int start) => Slice(start, Original.Length - start);

    /// <summary>The original text behind a group of a match in <see cref="Folded"/>; null when the group took no part.</summary>
    public string? Originally(Group group) => group.Success ? Original.Substring(group.Index, group.Length) : null;

    public FoldedText Trim()
    {
        var start = 0;
        var end = Original.Length;
        while (start < end && char.IsWhiteSpace(Original[start]))
            start++;
        while (end > start && char.IsWhiteSpace(Original[end - 1]))
            end--;
        return Slice(start, end - start);
    }

    /// <summary>The pieces between the matches of <paramref name="separator"/>, trimmed, without empty ones.</summary>
    public IEnumerable<FoldedText> Split(Regex separator)
    {
        var start = 0;
        foreach (Match match in separator.Matches(Folded))
        {
            if (Slice(start, match.Index - start).Trim() is { IsEmpty: false } piece)
                yield return piece;
            start = match.Index + match.Length;
        }

        if (From(start).Trim() is { IsEmpty: false } last)
            yield return last;
    }

    private static char Fold(char letter)
    {
        var lower = char.ToLowerInvariant(letter);
        if (lower < 0x80 && lower != '`')
            return lower;

        var known = Accented.IndexOf(lower, StringComparison.Ordinal);
        return known < 0 ? lower : Plain[known];
    }
}
