using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>HMAC-SHA512 over the raw body, compared in constant time, before anything is parsed.</summary>
internal sealed class WebhookSignature(WebhookKey key, IOptions<WahaOptions> options)
{
    private const string Header = "X-Webhook-Hmac";
    private const string AlgorithmHeader = "X-Webhook-Hmac-Algorithm";

    public bool IsValid(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var given = headers[Header];
        if (given.Count == 0 && options.Value.AllowUnsignedWebhooks)
            return true;
        // Whoever may send unsigned webhooks must still not be able to send wrongly signed ones, when there is a key to check with.
        if (key.Current.Length == 0)
            return options.Value.AllowUnsignedWebhooks;
        if (given.Count != 1 || given[0] is not { Length: 2 * HMACSHA512.HashSizeInBytes } hex)
            return false;
        if (headers[AlgorithmHeader] is { Count: > 0 } algorithm && !string.Equals(algorithm[0], "sha512", StringComparison.OrdinalIgnoreCase))
            return false;

        Span<byte> claimed = stackalloc byte[HMACSHA512.HashSizeInBytes];
        if (Convert.FromHexString(hex, claimed, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        Span<byte> actual = stackalloc byte[HMACSHA512.HashSizeInBytes];
        HMACSHA512.HashData(key.Current, body, actual);
        return CryptographicOperations.FixedTimeEquals(claimed, actual);
    }
}
