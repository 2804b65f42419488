using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Skills.Commands;

/// <summary>What counts as a program's bare name.</summary>
internal static partial class ExecutableName
{
    /// <summary>Letters, digits and <c>. _ + -</c>, beginning with a letter or digit: no path, no blank, nothing of a shell.</summary>
    public static bool IsBare(string name) => Pattern().IsMatch(name);

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._+-]{0,63}\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Pattern();
}
