namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>One webhook, fixed when its event happens: every try, and a resend by hand, sends these same bytes and headers.</summary>
/// <param name="Event">WAHA's event name.</param>
/// <param name="ChatKey">Short name of the chat that it is about; null for the session.</param>
/// <param name="RawId">The message it is about.</param>
/// <param name="RequestId"><c>X-Webhook-Request-Id</c>.</param>
/// <param name="Timestamp"><c>X-Webhook-Timestamp</c>: the event's time in milliseconds.</param>
/// <param name="Body">The signed bytes.</param>
internal sealed record SimulatedWebhook(string Event, string? ChatKey, string? RawId, string RequestId, long Timestamp, byte[] Body);

/// <summary>What came back for one try of a webhook.</summary>
/// <param name="Event">WAHA's event name.</param>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="Attempt">1 is the first try.</param>
/// <param name="GaveUp">Whether this was the last try and it failed too.</param>
/// <param name="At">Milliseconds since 1970.</param>
/// <param name="RawId">The message that it is about.</param>
/// <param name="Outcome">The word in the answer's body: <c>accepted</c>, <c>duplicate</c>, <c>ignored</c> ...; null when there was none.</param>
internal sealed record WebhookReport(string Event, int? Status, int Attempt, bool GaveUp, long At, string? RawId = null, string? Outcome = null)
{
    /// <summary>Whether WAHA counts it as delivered.</summary>
    public bool Delivered => Status is >= 200 and < 300;
}
