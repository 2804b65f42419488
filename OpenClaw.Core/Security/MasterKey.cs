using System.Security.Cryptography;

namespace OpenClaw.Core.Security;

/// <summary>Wraps the data keys. Lies in neither database.</summary>
public sealed class MasterKey
{
    private readonly byte[] _key;

    internal MasterKey(byte[] key) => _key = key;

    /// <summary>The key from base64 text, or null when it is not 32 bytes.</summary>
    internal static byte[]? TryParse(string text)
    {
        var bytes = new byte[64];
        return Convert.TryFromBase64String(text.Trim(), bytes, out var length) && length == Sealed.KeyBytes ? bytes[..length] : null;
    }

    /// <summary>A new random key.</summary>
    internal static byte[] Generate() => RandomNumberGenerator.GetBytes(Sealed.KeyBytes);

    internal byte[] Wrap(byte[] dataKey, string purpose) => Sealed.Seal(_key, dataKey, purpose);

    /// <exception cref="CryptographicException">Another master key wrapped it, or it was changed.</exception>
    internal byte[] Unwrap(byte[] wrapped, string purpose) => Sealed.Open(_key, wrapped, purpose);
}
