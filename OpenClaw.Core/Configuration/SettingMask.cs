using System.Text.RegularExpressions;

namespace OpenClaw.Core.Configuration;

/// <summary>How a setting's value is shown on a terminal: never a secret, never a whole phone number.</summary>
public static partial class SettingMask
{
    private const string Hidden = "(set, hidden)";

    private const string Redis = "ConnectionStrings:" + SplitMode.Connection;

    private static readonly string[] SecretWords = ["Key", "Password", "Secret", "Credential"];

    /// <summary>The value as it may be shown.</summary>
    /// <param name="path">Colon form, for example <c>Ai:Main:ApiKey</c>.</param>
    /// <param name="value">As configured.</param>
    public static string Show(string path, string value)
    {
        if (IsSecret(path))
            return Hidden;
        if (path.StartsWith("Access:", StringComparison.OrdinalIgnoreCase))
            return HidePhones(value);
        if (path.Equals(Redis, StringComparison.OrdinalIgnoreCase))
            return UserInfo().Replace(RedisPasswordPart().Replace(value, "${name}=" + Hidden), "${scheme}");
        if (IsConnectionString(path))
            return UserInfo().Replace(PasswordPart().Replace(value, "${name}=" + Hidden), "${scheme}");
        return Uri.TryCreate(value, UriKind.Absolute, out var uri) && !uri.IsFile
            ? UserInfo().Replace(uri.Query.Length == 0 ? value : value[..value.IndexOf('?', StringComparison.Ordinal)], "${scheme}")
            : value;
    }

    /// <summary>A value that did not fit its setting may be anything, also what belongs somewhere else: shown short and without long numbers.</summary>
    internal static string ShowMisfit(string path, string value)
    {
        var shown = HidePhones(Show(path, value));
        return shown.Length > 40 ? shown[..40] + "…" : shown;
    }

    /// <summary>Whether the value of this key is never shown.</summary>
    public static bool IsSecret(string path) =>
        !IsConnectionString(path) && path.Split(':').Any(static part =>
            SecretWords.Any(word => part.Contains(word, StringComparison.OrdinalIgnoreCase)) || IsToken(part));

    // AccessToken is one; TokenTimeout and MaxOutputTokens count words.
    private static bool IsToken(string part) => part.EndsWith("Token", StringComparison.OrdinalIgnoreCase);

    private static bool IsConnectionString(string path) => path.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase);

    private static string HidePhones(string value) =>
        LongNumber().Replace(value, static match => "…" + match.Value[^2..]);

    [GeneratedRegex(@"\+?\d(?:[\s().-]*\d){5,}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex LongNumber();

    // A quote inside of quotes is doubled; one that is never closed hides all the rest.
    [GeneratedRegex(@"(?<name>password|pwd|psw)\s*=\s*(?:""(?:[^""]|"""")*""|'(?:[^']|'')*'|[""'].*|[^;]*)", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PasswordPart();

    // No quotes there, and nobody can tell where a password with a comma ends: the rest is hidden with it.
    [GeneratedRegex(@"(?<name>password)\s*=.*", RegexOptions.Singleline | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RedisPasswordPart();

    [GeneratedRegex(@"^(?<scheme>[a-z][a-z0-9+.-]*://)[^/]*@", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UserInfo();
}
