using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.Core.Security;

/// <summary>
/// AES-256-GCM: one version byte (1), a random nonce of 12 bytes, the ciphertext, a tag of 16 bytes. The purpose (table and
/// column) is authenticated, so a ciphertext moved to another column does not open.
/// </summary>
internal static class Sealed
{
    public const int KeyBytes = 32;
    private const byte Version = 1;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // Setting a key up costs more than sealing a message, an instance serves one thread at a time, and a history is of one key.
    [ThreadStatic]
    private static (byte[] Key, AesGcm Cipher)? _lastUsed;

    public static byte[] Seal(byte[] key, ReadOnlySpan<byte> plain, string purpose)
    {
        var output = new byte[1 + NonceBytes + plain.Length + TagBytes];
        output[0] = Version;
        var nonce = output.AsSpan(1, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        var aes = CipherFor(key);
        aes.Encrypt(nonce, plain, output.AsSpan(1 + NonceBytes, plain.Length), output.AsSpan(output.Length - TagBytes), Encoding.UTF8.GetBytes(purpose));
        return output;
    }

    /// <exception cref="CryptographicException">Wrong key, wrong purpose, or changed bytes.</exception>
    public static byte[] Open(byte[] key, ReadOnlySpan<byte> input, string purpose)
    {
        if (input.Length < 1 + NonceBytes + TagBytes || input[0] != Version)
            throw new CryptographicException("Not a sealed value of version 1.");
        var plain = new byte[input.Length - 1 - NonceBytes - TagBytes];
        var aes = CipherFor(key);
        aes.Decrypt(input.Slice(1, NonceBytes), input.Slice(1 + NonceBytes, plain.Length), input[^TagBytes..], plain, Encoding.UTF8.GetBytes(purpose));
        return plain;
    }

    private static AesGcm CipherFor(byte[] key)
    {
        if (_lastUsed is { } last && ReferenceEquals(last.Key, key))
            return last.Cipher;
        _lastUsed?.Cipher.Dispose();
        var cipher = new AesGcm(key, TagBytes);
        _lastUsed = (key, cipher);
        return cipher;
    }
}
