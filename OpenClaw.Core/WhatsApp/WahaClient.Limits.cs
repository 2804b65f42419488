namespace OpenClaw.Core.WhatsApp;

/// <summary>WhatsApp's limits on an account, from a WAHA that tells them (2026.7.2 and later).</summary>
public sealed partial class WahaClient
{
    /// <summary>Whether WhatsApp keeps the account from writing to new contacts, and until when.</summary>
    public async Task<AccountLimitReading> ReadTimelockAsync(string session, TimeSpan timeout, CancellationToken cancellationToken) =>
        WahaAnswers.Timelock(await LimitAsync(session, "timelock", timeout, cancellationToken), timeProvider.GetUtcNow());

    /// <summary>How much of its cycle's new chats the account has used up.</summary>
    public async Task<AccountLimitReading> ReadCappingAsync(string session, TimeSpan timeout, CancellationToken cancellationToken) =>
        WahaAnswers.Capping(await LimitAsync(session, "capping", timeout, cancellationToken), timeProvider.GetUtcNow());

    private Task<WahaAnswer> LimitAsync(string session, string limit, TimeSpan timeout, CancellationToken cancellationToken) =>
        QuietAsync(HttpMethod.Get, $"/api/sessions/{{session}}/{limit}", $"{SessionPath(session)}/{limit}", null, timeout, cancellationToken);
}
