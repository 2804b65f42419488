namespace OpenClaw.Core.Queue;

/// <summary>That a group's message may come to several of our sessions, of which one answers it.</summary>
/// <param name="IsAlone">The session that has this copy is the only one that was mentioned or quoted: it answers, whoever has the group.</param>
/// <param name="Others">The other sessions that are served.</param>
/// <param name="Unfit">Those of them that cannot answer now: their accounts are red.</param>
public sealed record GroupShare(bool IsAlone, IReadOnlyList<string> Others, IReadOnlyList<string> Unfit);
