using OpenClaw.Core.Integrations;

namespace OpenClaw.Worker.Replies;

/// <summary>How sends are bounded and repeated.</summary>
internal static class DeliveryPolicy
{
    /// <summary>The outbox sends what was certainly not sent again; what is uncertain is looked for in the chat first.</summary>
    public static readonly RepeatRule Repeats = new("outbox", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));

    public static CallPolicy Of(DeliveryOptions options) => new(IntegrationKind.Waha, [new("send", options.SendTimeout)], [Repeats]);
}
