namespace OpenClaw.Core.WhatsApp;

/// <summary>Phone numbers as people write them, and the two forms WhatsApp has of one Brazilian mobile number.</summary>
public static class PhoneNumbers
{
    // E.164: at most 15 digits. The shortest international numbers in use have 7.
    private const int Shortest = 7;
    private const int Longest = 15;

    /// <summary>
    /// The digits of an international number: <c>+55 (11) 98765-4321</c>, <c>0055 11 98765 4321</c>, <c>5511987654321</c>,
    /// <c>5511987654321@c.us</c>. A <c>(0)</c> trunk prefix is dropped.
    /// </summary>
    /// <returns>False for letters, a national number (leading 0) and impossible lengths.</returns>
    public static bool TryNormalise(string? text, out string digits)
    {
        digits = "";
        if (string.IsNullOrWhiteSpace(text) || text.Length > 64)
            return false;
        if (text.Contains('@', StringComparison.Ordinal))
            text = ChatId.Parse(text.Trim())?.Phone ?? "";

        Span<char> buffer = stackalloc char[64];
        var length = 0;
        foreach (var c in text.Replace("(0)", "", StringComparison.Ordinal))
        {
            if (char.IsAsciiDigit(c))
                buffer[length++] = c;
            else if (!IsSeparator(c) && !(c == '+' && length == 0))
                return false;
        }

        ReadOnlySpan<char> number = buffer[..length];
        if (number.StartsWith("00", StringComparison.Ordinal))
            number = number[2..];
        if (number.Length is < Shortest or > Longest || number[0] == '0')
            return false;

        digits = number.ToString();
        return true;
    }

    /// <summary>
    /// The forms under which WhatsApp may know one number, itself first. Brazil added a ninth digit to mobile numbers; ids of older
    /// accounts still lack it: 55 + area (2) + 9 + 8 digits = 55 + area + the 8 digits. Only where those 8 start with 6-9:
    /// with 2-5 the shorter number is somebody's land line.
    /// </summary>
    /// <param name="digits">International form, digits only.</param>
    public static IReadOnlyList<string> Variants(string digits) => digits switch
    {
        ['5', '5', >= '1' and <= '9', >= '1' and <= '9', '9', >= '6' and <= '9', ..] when digits.Length == 13 =>
            [digits, string.Concat(digits.AsSpan(0, 4), digits.AsSpan(5))],
        ['5', '5', >= '1' and <= '9', >= '1' and <= '9', >= '6' and <= '9', ..] when digits.Length == 12 =>
            [digits, string.Concat(digits.AsSpan(0, 4), "9", digits.AsSpan(4))],
        _ => [digits],
    };

    private static bool IsSeparator(char c) => c is '-' or '.' or '(' or ')' or '/' or '\u2010' or '\u2011' or '\u2013' || char.IsWhiteSpace(c);
}
