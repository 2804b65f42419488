using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Admission;

namespace OpenClaw.Gateway.Sessions;

/// <summary>
/// Tells the owner in WhatsApp that a number logged out, by another of our numbers that works and that the owner wrote to before. Where there is no
/// such number, the log and <c>/health</c> say it alone.
/// </summary>
internal sealed class OwnerNews(
    PeopleDirectory people, SessionNotices notices, ChatEventStore events, AccountHealth accounts, IOptions<AccessOptions> access, IOptions<WahaOptions> waha)
{
    /// <param name="session">The session that logged out.</param>
    /// <param name="phone">Digits of its number, where they are known.</param>
    /// <param name="cancellationToken">Ends the wait before a commit starts.</param>
    /// <returns>Whether the owner was told, or nobody is the owner; else a later look may find a number that can tell it.</returns>
    public async Task<bool> LoggedOutAsync(string session, string? phone, CancellationToken cancellationToken)
    {
        if (!PhoneNumbers.TryNormalise(access.Value.Owner, out var digits))
            return true;
        var states = events.SessionStates();
        var others = waha.Value.ServedSessions().Where(other => other != session && states.GetValueOrDefault(other) == "WORKING" && !accounts.Of(other).OnlyAnswers).ToList();
        if (others.Count == 0 || await FindAsync(digits, cancellationToken) is not { } owner)
            return false;
        foreach (var other in others)
        {
            if (await notices.SayOnceAsync(owner, other, session, "owner logged_out", LoggedOut(owner.Locale, session, phone), cancellationToken))
                return true;
        }

        return false;
    }

    internal static string LoggedOut(string locale, string session, string? phone) => locale.StartsWith("pt", StringComparison.OrdinalIgnoreCase)
        ? $"⚠️ O número {(phone is null ? "" : $"+{phone} ")}(sessão {session}) foi desconectado do WhatsApp. Para ligar de novo, peça o código QR ao OpenClaw (GET /api/sessions/{session}/qr, com a chave de administração) e leia-o com o celular desse número em Aparelhos conectados."
        : $"⚠️ The number {(phone is null ? "" : $"+{phone} ")}(session {session}) was logged out of WhatsApp. To link it again, ask OpenClaw for the QR code (GET /api/sessions/{session}/qr, with the admin key) and scan it with that number's phone under Linked devices.";

    private async ValueTask<PersonRecord?> FindAsync(string digits, CancellationToken cancellationToken)
    {
        foreach (var phone in PhoneNumbers.Variants(digits))
        {
            if (await people.FindAsync(new SenderIdentity(phone, null), cancellationToken) is { } owner)
                return owner;
        }

        return null;
    }
}
