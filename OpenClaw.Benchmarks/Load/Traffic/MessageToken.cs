using System.Globalization;

namespace OpenClaw.Benchmarks.Load.Traffic;

/// <summary>The part of a message's text that tells it from all others: <c>m-</c> and seven digits, for example <c>m-0000123</c>.</summary>
internal static class MessageToken
{
    /// <summary>Digits after <see cref="Prefix"/>; fixed, so that a request is patched in place.</summary>
    public const int Digits = 7;

    /// <summary>Begins every token.</summary>
    public const string Prefix = "m-";

    /// <summary>The token of message <paramref name="number"/>.</summary>
    public static string Of(int number) => Prefix + number.ToString("D7", CultureInfo.InvariantCulture);

    /// <summary>The numbers of all tokens in <paramref name="text"/>, in reading order. Repeated tokens are returned again.</summary>
    public static List<int> ReadAll(string text)
    {
        var numbers = new List<int>();
        for (var at = text.IndexOf(Prefix, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Prefix, at + 1, StringComparison.Ordinal))
        {
            var digits = text.AsSpan(at + Prefix.Length);
            if (digits.Length >= Digits
                && int.TryParse(digits[..Digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                numbers.Add(number);
            }
        }

        return numbers;
    }
}
