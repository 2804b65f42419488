namespace OpenClaw.Core.Configuration;

/// <summary>Settings are named to people the way they are set most often: <c>Ai__Main__Model</c>, not <c>Ai:Main:Model</c>.</summary>
internal static class SettingName
{
    public static string Of(string path) => path.Replace(":", "__", StringComparison.Ordinal);

    public static string Join(string parent, string child) => parent.Length == 0 ? child : $"{parent}:{child}";

    public static string Last(string path) => path[(path.LastIndexOf(':') + 1)..];

    public static string First(string path) => path.IndexOf(':') is >= 0 and var end ? path[..end] : path;

    /// <summary>Edits (insert, delete, replace, swap neighbours) between two names, whatever their case.</summary>
    public static int Distance(string left, string right)
    {
        var a = left.ToUpperInvariant();
        var b = right.ToUpperInvariant();
        var before = new int[b.Length + 1];
        var last = Enumerable.Range(0, b.Length + 1).ToArray();
        var row = new int[b.Length + 1];
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(row[j - 1], last[j]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }

            (before, last, row) = (last, row, before);
        }

        return last[b.Length];
    }
}
