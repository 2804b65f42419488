using Microsoft.Extensions.Options;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>With a real WAHA the one who takes webhooks needs the key that they are signed with. A Worker takes none and need not be trusted with it.</summary>
internal sealed class SignedWebhooksValidator : IValidateOptions<WahaOptions>
{
    public ValidateOptionsResult Validate(string? name, WahaOptions options) =>
        options.UsesSimulator || options.AllowUnsignedWebhooks || !string.IsNullOrWhiteSpace(options.WebhookHmacKey)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                "Waha__WebhookHmacKey is missing: write the key that WAHA signs its webhooks with (the same value as WHATSAPP_HOOK_HMAC_KEY there), or set Waha__AllowUnsignedWebhooks=true to let anybody who reaches this port speak for anybody.");
}
