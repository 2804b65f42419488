namespace OpenClaw.Core.Queue;

/// <summary>Tells whether two texts are one message: engines trim and re-wrap, so only the words count.</summary>
public static class MessageWords
{
    /// <summary>The words of a text with one space between them.</summary>
    public static string Of(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
