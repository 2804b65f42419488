using System.Globalization;
using System.Text;

namespace OpenClaw.Worker.Skills;

/// <summary>Text as skills compare, cut and quote it.</summary>
internal static class SkillText
{
    private const int QuoteLimit = 60;

    /// <summary>Lower case without accents, so that <c>São</c> finds <c>sao</c>.</summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();

        var folded = new StringBuilder(text.Length);
        foreach (var character in text.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(character) != UnicodeCategory.NonSpacingMark)
                folded.Append(char.ToLowerInvariant(character));
        }

        return folded.ToString();
    }

    /// <summary>At most <paramref name="limit"/> characters, the note about the rest included; never half a surrogate pair.</summary>
    public static string Cap(string text, int limit)
    {
        if (text.Length <= limit)
            return text;

        var room = limit - CutNote(text.Length, text.Length).Length;
        var kept = room <= 0 ? "" : Head(text, room);
        return kept + CutNote(text.Length - kept.Length, text.Length);
    }

    /// <summary>The first <paramref name="length"/> characters, one less where that would split a surrogate pair.</summary>
    public static string Head(string text, int length)
    {
        if (text.Length <= length)
            return text;

        return text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    /// <summary>What somebody else wrote, in quotes, short and on one line.</summary>
    public static string Quote(string text) =>
        text.Length <= QuoteLimit ? $"\"{OneLine(text)}\"" : $"\"{OneLine(Head(text, QuoteLimit))}...\"";

    /// <summary>Without characters that could start a line of their own or hide text.</summary>
    public static string OneLine(string text) =>
        text.Any(IsUnseen) ? string.Concat(text.Select(character => IsUnseen(character) ? '\uFFFD' : character)) : text;

    /// <summary>Whether every surrogate has its partner; only then can text be normalised and encoded.</summary>
    public static bool IsWellFormed(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
                continue;
            if (!char.IsHighSurrogate(text[index]) || index + 1 == text.Length || !char.IsLowSurrogate(text[index + 1]))
                return false;
            index++;
        }

        return true;
    }

    /// <summary>Control and format characters (bidirectional overrides, zero-width ones) and line separators.</summary>
    public static bool IsUnseen(char character) => char.GetUnicodeCategory(character) is UnicodeCategory.Control
        or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string CutNote(int left, int total) => $"\n[cut: {left} of {total} characters left out]";
}
