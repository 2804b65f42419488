using System.Security.Cryptography;
using System.Text;

namespace OpenClaw.Core.WhatsApp;

/// <summary>
/// The HMAC-SHA512 key that webhooks are signed with. One per process: what verifies (the webhook endpoint) and, with the
/// simulator, what signs share it.
/// </summary>
public sealed class WebhookKey
{
    /// <summary>Takes the configured key; makes one for the simulator, whose both ends are in this process.</summary>
    /// <exception cref="InvalidOperationException">A real WAHA without a key, and unsigned webhooks are not allowed.</exception>
    public WebhookKey(WahaOptions options)
    {
        if (!string.IsNullOrEmpty(options.WebhookHmacKey))
            Current = Encoding.UTF8.GetBytes(options.WebhookHmacKey);
        else if (options.UsesSimulator)
            Current = Encoding.UTF8.GetBytes(RandomNumberGenerator.GetHexString(64, lowercase: true));
        else if (options.AllowUnsignedWebhooks)
            Current = [];
        else
            throw new InvalidOperationException(
                "Waha__WebhookHmacKey is not set: write the same secret there and in WAHA's webhook settings (hmac.key), "
                + "or set Waha__AllowUnsignedWebhooks=true to take webhooks from anybody.");
    }

    /// <summary>The key's bytes. Empty only with a real WAHA whose webhooks are explicitly allowed to be unsigned.</summary>
    public byte[] Current { get; }
}
