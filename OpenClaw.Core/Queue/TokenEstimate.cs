namespace OpenClaw.Core.Queue;

/// <summary>A cheap upper estimate of a text's tokens: budgets need an order of magnitude, not a tokenizer per model.</summary>
public static class TokenEstimate
{
    /// <summary>About four letters a token for Latin text, plus the message's own overhead.</summary>
    public static int Of(string text) => (text.Length / 3) + 4;
}
