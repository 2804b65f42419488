using OpenClaw.Core.Integrations;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Sessions;

/// <summary>How often those who look after a session ask and act again.</summary>
internal static class KeeperRepeats
{
    /// <summary>WAHA does not answer.</summary>
    public static readonly RepeatRule Silence = new("session_keeper", TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    /// <summary>A session that failed is restarted.</summary>
    public static readonly RepeatRule Restart = new("session_restart", TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(10));

    /// <summary>The webhook could not be registered, or somebody else changes it again and again.</summary>
    public static readonly RepeatRule Webhook = new("webhook_registration", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(30));

    /// <summary>The history could not be read.</summary>
    public static readonly RepeatRule History = new("backfill", TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1));

    /// <summary>One chat of it could not be read, while others can.</summary>
    public static readonly RepeatRule Chat = new("backfill_chat", TimeSpan.FromMinutes(1), TimeSpan.FromHours(1));

    public static CallPolicy Policy { get; } = new(IntegrationKind.Waha, [], [Silence, Restart, Webhook, History, Chat]);

    /// <summary>Its pauses, for one who counts failures by itself.</summary>
    public static GrowingPause Pause(this RepeatRule rule, Random random) => new(rule.First, rule.Longest, random);
}
