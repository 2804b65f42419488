using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Queue.Acks;

/// <summary>When a missing ack is bad news. Section <c>Delivery</c>.</summary>
public sealed class ServerAckOptions
{
    /// <summary>How long WhatsApp's server may take to acknowledge what WAHA took, before it counts against the session; 1 s to 10 min.</summary>
    public TimeSpan ServerAckWithin { get; set; } = TimeSpan.FromSeconds(30);
}

internal sealed class ServerAckOptionsValidator : IValidateOptions<ServerAckOptions>
{
    public ValidateOptionsResult Validate(string? name, ServerAckOptions options) =>
        options.ServerAckWithin < TimeSpan.FromSeconds(1) || options.ServerAckWithin > TimeSpan.FromMinutes(10)
            ? ValidateOptionsResult.Fail("Delivery__ServerAckWithin must be between 00:00:01 and 00:10:00, for example 00:00:30.")
            : ValidateOptionsResult.Success;
}
