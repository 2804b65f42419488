using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.Skills.Files;

/// <param name="Encoding">How bytes become characters; null for a file that is not text.</param>
/// <param name="Name">As people call it.</param>
/// <param name="Preamble">Bytes of byte order mark to skip.</param>
internal sealed record TextKind(Encoding? Encoding, string Name, int Preamble)
{
    private const int SampleSize = 64 * 1024;

    // How far UTF-8 is verified before an old encoding is assumed.
    private const long VerifyLimit = 4 * 1024 * 1024;

    private static readonly TextKind Binary = new(null, "binary", 0);
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    // Formats whose beginning could pass for text: %PDF, ZIP and Office, PNG, JPEG, GIF, gzip, ELF, Ogg, RIFF, 7z, MP3, RAR.
    private static readonly byte[][] Signatures =
    [
        [.. "%PDF-"u8], [0x50, 0x4B, 3, 4], [0x89, 0x50, 0x4E, 0x47], [0xFF, 0xD8, 0xFF], [.. "GIF8"u8], [0x1F, 0x8B], [0x7F, 0x45, 0x4C, 0x46],
        [.. "OggS"u8], [.. "RIFF"u8], [0x37, 0x7A, 0xBC, 0xAF], [.. "ID3"u8], [.. "Rar!"u8],
    ];

    /// <summary>
    /// By byte order mark (UTF-8, UTF-16, UTF-32), else UTF-16 by the pattern of zero bytes, else UTF-8 where it is valid, else
    /// Windows-1252, which every byte fits.
    /// </summary>
    public static TextKind Of(SafeFileHandle file, CancellationToken cancellationToken)
    {
        var buffer = new byte[SampleSize];
        var sample = buffer.AsSpan(0, RandomAccess.Read(file, buffer, 0));

        if (sample.StartsWith("\uFEFF"u8))
            return new(Utf8, "UTF-8 with BOM", 3);
        if (sample.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]))
            return new(new UTF32Encoding(bigEndian: false, byteOrderMark: false), "UTF-32 LE", 4);
        if (sample.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
            return new(new UTF32Encoding(bigEndian: true, byteOrderMark: false), "UTF-32 BE", 4);
        if (sample.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            return new(Encoding.Unicode, "UTF-16 LE", 2);
        if (sample.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            return new(Encoding.BigEndianUnicode, "UTF-16 BE", 2);

        foreach (var signature in Signatures)
        {
            if (sample.StartsWith(signature))
                return Binary;
        }

        if (sample.Contains((byte)0))
            return WithoutMark(sample);
        if (HasControls(sample))
            return Binary;
        return IsUtf8(file, buffer, cancellationToken) ? new(Utf8, "UTF-8", 0) : new(Windows1252, "Windows-1252", 0);
    }

    // Latin text in UTF-16 has a zero in every second byte, binary files have them anywhere.
    private static TextKind WithoutMark(ReadOnlySpan<byte> sample)
    {
        var pairs = sample.Length / 2;
        if (pairs == 0)
            return Binary;

        int even = 0, odd = 0, controls = 0;
        for (var index = 0; index + 1 < sample.Length; index += 2)
        {
            even += sample[index] == 0 ? 1 : 0;
            odd += sample[index + 1] == 0 ? 1 : 0;
            var unit = BinaryPrimitives.ReadUInt16LittleEndian(sample[index..]);
            controls += IsControl(unit) && IsControl(BinaryPrimitives.ReverseEndianness(unit)) ? 1 : 0;
        }

        if (controls > 0)
            return Binary;
        if (odd * 10 >= pairs * 6 && even * 20 <= pairs)
            return new(Encoding.Unicode, "UTF-16 LE", 0);
        if (even * 10 >= pairs * 6 && odd * 20 <= pairs)
            return new(Encoding.BigEndianUnicode, "UTF-16 BE", 0);
        return Binary;
    }

    private static bool HasControls(ReadOnlySpan<byte> sample)
    {
        var controls = 0;
        foreach (var value in sample)
            controls += IsControl(value) ? 1 : 0;
        return controls * 100 > sample.Length;
    }

    // Tab, line ends, form feed and escape (terminal logs) are part of text.
    private static bool IsControl(ushort value) => value is < 0x20 and not (9 or 10 or 11 or 12 or 13 or 0x1B);

    private static bool IsUtf8(SafeFileHandle file, byte[] buffer, CancellationToken cancellationToken)
    {
        long position = 0;
        while (position < VerifyLimit)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = RandomAccess.Read(file, buffer, position);
            var whole = WholeCharacters(buffer.AsSpan(0, count));
            // At the end of the file nothing may be left over; a character cut by the buffer's end is read again.
            if (count == 0)
                return true;
            if (!System.Text.Unicode.Utf8.IsValid(buffer.AsSpan(0, whole)))
                return false;
            if (whole == 0)
                return false;
            position += whole;
        }

        return true;
    }

    // The length without a character that the end cuts off.
    private static int WholeCharacters(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var value = bytes[^back];
            if (value < 0x80)
                return bytes.Length;
            if (value < 0xC0)
                continue;

            var wanted = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
            return back < wanted ? bytes.Length - back : bytes.Length;
        }

        return bytes.Length;
    }
}
