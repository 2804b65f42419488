namespace OpenClaw.Core.Configuration;

/// <summary>
/// The process cannot start and a person can mend it. The message is shown as it is, without a stack trace: one sentence that
/// names the setting in environment form (<c>Storage__DataDirectory</c>) and says what to write. Never a secret.
/// </summary>
public sealed class StartupException : Exception
{
    /// <summary>One thing to change.</summary>
    public StartupException(string sentence)
        : base(sentence) => Sentences = [sentence];

    /// <summary>One thing to change, found out by <paramref name="cause"/>.</summary>
    public StartupException(string sentence, Exception cause)
        : base(sentence, cause) => Sentences = [sentence];

    /// <summary>Several things to change, so that nobody mends them one start at a time.</summary>
    public StartupException(IReadOnlyList<string> sentences)
        : base(string.Join(Environment.NewLine, sentences)) => Sentences = sentences;

    /// <summary>What to change, one sentence each.</summary>
    public IReadOnlyList<string> Sentences { get; }
}
