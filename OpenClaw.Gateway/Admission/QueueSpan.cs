using System.Diagnostics;

namespace OpenClaw.Gateway.Admission;

/// <summary>From admission to the commit that makes a message wait. Its context is stored with the message: whoever answers continues it.</summary>
internal static class QueueSpan
{
    private static readonly ActivitySource Source = new("OpenClaw.Gateway");

    /// <returns>Null when nobody listens.</returns>
    public static Activity? Start(string session, string requestId) => Source.StartActivity("queue message", ActivityKind.Producer)
        ?.SetTag("openclaw.request_id", requestId)
        .SetTag("openclaw.session", session);
}
