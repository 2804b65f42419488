using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>
/// The file list's result without what the title says already, in the person's language:
/// <code>
/// 2 entries in .
/// docs/
/// nota.txt (1.2 KB, 2026-11-22 10:51)
/// </code>
/// </summary>
internal static partial class FileListPhrase
{
    /// <summary>A sentence for an empty folder, or null when the result is to be quoted.</summary>
    public static string? OfEmpty(string result, OfflineLanguage language) => !Empty().IsMatch(result) ? null
        : language == OfflineLanguage.English ? "This folder is empty." : "Esta pasta está vazia.";

    /// <summary>The entries alone.</summary>
    public static string WithoutHeading(string result) => Heading().Replace(result, "", 1);

    [GeneratedRegex(@"\AThe folder .+ is empty\.\s*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Empty();

    [GeneratedRegex(@"\A\d+ (entry|entries) in [^\r\n]*\r?\n", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Heading();
}
