namespace OpenClaw.Core.Queue;

/// <summary>A send that is about to happen.</summary>
/// <param name="Bubble">Row.</param>
/// <param name="Deadline">When the send is given up.</param>
/// <param name="RawId">The id that WAHA was asked for and will be sent with it; null where WAHA gives none. A bubble that has one keeps it.</param>
/// <param name="Resent">Why an uncertain send is repeated; null where there is none.</param>
/// <param name="Content">Sealed <see cref="BubbleContent"/> with another address, where another session sends it; null = as it is.</param>
public sealed record BubbleClaim(long Bubble, DateTimeOffset Deadline, string? RawId = null, BubbleSettlement? Resent = null, byte[]? Content = null);
