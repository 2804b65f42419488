using OpenClaw.Tests.Builders;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>What tests of reading back have in common.</summary>
internal static class HistoryApp
{
    /// <summary>Reads back often.</summary>
    public static readonly (string Key, string? Value)[] Settings = [("Backfill__Enabled", "true"), ("Backfill__CheckInterval", "00:00:05")];

    /// <summary>Connected a while ago, and compared once.</summary>
    public static async Task<OpenClawApp> ConnectAsync(this OpenClawApp app)
    {
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING") with { At = TimeProvider.System.GetUtcNow().AddMinutes(-10) });
        await app.CompareAsync();
        return app;
    }

    /// <summary>Returns when a comparison that began after now is over.</summary>
    public static async Task CompareAsync(this OpenClawApp app)
    {
        var now = (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
        await app.WaitUntilAsync(() => app.Query("SELECT COALESCE(MAX(complete_to), 0) FROM history_marks", row => row.GetInt64(0)).Single() >= now);
    }

    /// <summary>A message that the phone has, too.</summary>
    public static WahaWebhook OnPhone(this OpenClawApp app, string text, string chat)
    {
        var webhook = WahaWebhook.Text(text, chat);
        app.Waha.Phone.Add("default", chat, text, rawId: webhook.MessageId.Split('_')[^1], at: webhook.At);
        return webhook;
    }
}
