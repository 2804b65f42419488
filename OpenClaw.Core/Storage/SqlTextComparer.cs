namespace OpenClaw.Core.Storage;

/// <summary>SQL texts are constants: nearly every look-up ends at the reference.</summary>
internal sealed class SqlTextComparer : IEqualityComparer<string>
{
    public static readonly SqlTextComparer Instance = new();

    public bool Equals(string? x, string? y) => ReferenceEquals(x, y) || string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode(string obj) => HashCode.Combine(obj.Length, obj.Length > 20 ? obj[^10] : 0, obj.Length > 60 ? obj[30] : 0, obj.Length > 100 ? obj[^30] : 0);
}
