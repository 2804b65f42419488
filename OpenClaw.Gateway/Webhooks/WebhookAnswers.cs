using System.Collections.Frozen;
using OpenClaw.Core.Queue;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>The small JSON body of an answer: nobody but a person with curl reads it.</summary>
internal static class WebhookAnswers
{
    private static readonly FrozenDictionary<string, byte[]> Bodies = new[]
    {
        "accepted", "duplicate", "limited", "held", "ignored", "denied", "context", "recorded",
        "stopping", "content_type", "too_large", "signature", "not_an_envelope", "bad_request", "cut", "storage", "memory", "unexpected",
    }.ToFrozenDictionary(outcome => outcome, outcome => System.Text.Encoding.UTF8.GetBytes($$"""{"outcome":"{{outcome}}"}"""), StringComparer.Ordinal);

    public static ReadOnlyMemory<byte> Body(string outcome) => Bodies[outcome];

    public static string NameOf(IntakeOutcome outcome) => outcome switch
    {
        IntakeOutcome.Accepted => "accepted",
        IntakeOutcome.Duplicate => "duplicate",
        IntakeOutcome.Limited => "limited",
        IntakeOutcome.MaybeMissed => "maybe_missed",
        IntakeOutcome.Held => "held",
        IntakeOutcome.Ignored => "ignored",
        IntakeOutcome.Denied => "denied",
        IntakeOutcome.Context => "context",
        _ => "recorded",
    };
}
