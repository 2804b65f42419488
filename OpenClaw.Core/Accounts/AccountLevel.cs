namespace OpenClaw.Core.Accounts;

/// <summary>How an account (a session's phone number) stands with WhatsApp, as far as we can see; the numbers are those of the metric.</summary>
public enum AccountLevel
{
    /// <summary>Nothing is known against it.</summary>
    Green = 0,

    /// <summary>Shown; nothing is held back.</summary>
    Amber = 1,

    /// <summary>Only answers go out.</summary>
    Red = 2,
}

/// <summary>One sign of an account's health.</summary>
/// <param name="Level">What it makes of the account.</param>
/// <param name="Reason">Typed: <c>session_starting</c>, <c>session_not_working</c>, <c>logged_out</c>, <c>timelock</c>, <c>capping</c>, <c>capping_near</c>, <c>acks_missing</c>.</param>
/// <param name="Sentence">The same in plain words, without the session's name.</param>
/// <param name="Until">When it passes by itself, where that is known.</param>
public sealed record AccountSign(AccountLevel Level, string Reason, string Sentence, DateTimeOffset? Until);

/// <summary>An account's health: its worst sign.</summary>
/// <param name="Session">WAHA session.</param>
/// <param name="Signs">What is known against it, worst first; empty = green.</param>
public sealed record AccountStanding(string Session, IReadOnlyList<AccountSign> Signs)
{
    /// <summary>The worst of its signs.</summary>
    public AccountLevel Level => Signs.Count == 0 ? AccountLevel.Green : Signs[0].Level;

    /// <summary>Whether anything but an answer may go out.</summary>
    public bool OnlyAnswers => Level == AccountLevel.Red;

    /// <summary>One line for people; null when it is green.</summary>
    public string? Sentence => Signs.Count == 0 ? null
        : $"{Session} is {(OnlyAnswers ? "red: only answers go out" : "amber")}; {string.Join("; ", Signs.Select(static sign => sign.Sentence))}";
}
