using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.Takeovers;

/// <summary>Whether the bot keeps out of a chat.</summary>
/// <param name="Until">Until when; null = it answers.</param>
/// <param name="IsOff">Until somebody says <c>/bot on</c>.</param>
public sealed record BotPause(DateTimeOffset? Until, bool IsOff)
{
    /// <summary>The bot answers.</summary>
    public static readonly BotPause None = new(null, false);

    /// <summary>What a row holds while nothing but <c>/bot on</c> ends it.</summary>
    internal static readonly long Off = DateTimeOffset.MaxValue.ToUnixTimeMicroseconds();

    /// <summary>Typed reason of what is not answered because of it; null while the bot answers.</summary>
    public string? Reason => IsOff ? "bot_off" : Until is null ? null : "human_talks";

    /// <param name="until">Column <c>paused_until</c>.</param>
    /// <param name="now">Now, in microseconds.</param>
    internal static BotPause Of(long until, long now) =>
        until <= now ? None : new BotPause(UnixMicroseconds.FromUnixTimeMicroseconds(until), until == Off);
}
