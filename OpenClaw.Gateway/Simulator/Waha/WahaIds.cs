using System.Security.Cryptography;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>Makes ids of the forms that WAHA and WhatsApp use.</summary>
internal static class WahaIds
{
    private const string Base36 = "0123456789abcdefghijklmnopqrstuvwxyz";
    private const string Crockford = "0123456789abcdefghjkmnpqrstvwxyz";

    /// <summary>A raw message id: <c>3EB0</c> and 18 upper-case hex digits.</summary>
    public static string NewRawId() => "3EB0" + RandomNumberGenerator.GetHexString(18);

    /// <summary>An event's id: <c>evt_</c> and a lower-case ULID (48 bits of milliseconds, 80 random bits).</summary>
    public static string NewEventId(long milliseconds)
    {
        Span<char> id = stackalloc char[26];
        RandomNumberGenerator.GetItems(Crockford, id[10..]);
        for (var i = 9; i >= 0; i--, milliseconds >>= 5)
            id[i] = Crockford[(int)(milliseconds & 31)];
        return string.Concat("evt_", id);
    }

    /// <summary>A webhook's request id: 17 characters, no UUID.</summary>
    public static string NewRequestId() => RandomNumberGenerator.GetString(Base36, 17);

    /// <summary>The raw part of <c>{fromMe}_{chat}_{raw}[_{participant}]</c>; anything else is taken as a raw id itself.</summary>
    public static string RawPart(string messageId) =>
        messageId.Split('_') is [_, _, var raw, ..] ? raw : messageId;
}
