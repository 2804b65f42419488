using System.Collections.Frozen;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Admission;

/// <summary>
/// The numbers that are all ours: they do not answer each other, and of those in one group one answers. With a single session nothing here is asked.
/// </summary>
internal sealed class OwnSessions(SessionAccounts accounts, AccountHealth health, PeopleDirectory people, IOptions<WahaOptions> waha)
{
    private readonly FrozenSet<string> _served = waha.Value.ServedSessions().ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether several sessions are served.</summary>
    public bool AreSeveral => _served.Count > 1;

    /// <summary>What an event says of the account that received it.</summary>
    public void Note(WahaEnvelope envelope)
    {
        if (AreSeveral && AccountOf(envelope) is { } account)
            accounts.Note(envelope.Session, account, envelope.Timestamp.Time());
    }

    /// <summary>Whether somebody is the account of another served session than <paramref name="session"/>.</summary>
    /// <param name="session">The session that heard of them.</param>
    /// <param name="sender">Their ids as told.</param>
    /// <param name="known">What the local tables know of them, or null.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<bool> IsAnotherAsync(string session, SenderIdentity sender, PersonRecord? known, CancellationToken cancellationToken)
    {
        if (!AreSeveral)
            return false;
        foreach (var (other, account) in await accounts.AllAsync(cancellationToken))
        {
            if (other != session && _served.Contains(other) && (Is(account, sender) || (known is not null && Is(account, known))))
                return true;
        }

        return false;
    }

    /// <summary>The served sessions whose accounts are among these ids.</summary>
    public async ValueTask<IReadOnlySet<string>> AmongAsync(IReadOnlyCollection<ChatId> ids, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        if (ids.Count == 0)
            return found;
        foreach (var (session, account) in await accounts.AllAsync(cancellationToken))
        {
            if (_served.Contains(session) && ids.Any(id => Is(account, new SenderIdentity(id.Phone, id.Kind == ChatKind.Lid ? id.User : null))))
                found.Add(session);
        }

        return found;
    }

    /// <summary>Whether a session can answer in a group: its account is not red, as it is two minutes after its session stopped working.</summary>
    public bool IsFit(string session) => _served.Contains(session) && !health.Of(session).OnlyAnswers;

    /// <summary>What decides which of several sessions answers a group's message.</summary>
    /// <param name="session">The session that has this copy of it.</param>
    /// <param name="isAlone">It alone was mentioned or quoted.</param>
    public GroupShare ShareOf(string session, bool isAlone)
    {
        var others = _served.Where(other => other != session).ToList();
        return new GroupShare(isAlone, others, [.. others.Where(other => !IsFit(other))]);
    }

    /// <summary>The account in an envelope, or null.</summary>
    private static LinkedAccount? AccountOf(WahaEnvelope envelope)
    {
        var phone = ChatId.Parse(envelope.Me.Get("id").Text())?.Phone;
        var lid = ChatId.Parse(envelope.Me.Get("lid").Text()) is { Kind: ChatKind.Lid } hidden ? hidden.User : null;
        return phone is null && lid is null ? null : new LinkedAccount(phone, lid);
    }

    private static bool Is(LinkedAccount account, SenderIdentity sender) =>
        (sender.Lid is not null && sender.Lid == account.Lid) || (sender.Phone is { } phone && account.Id is { } own && PhoneNumbers.Variants(own).Contains(phone));

    private bool Is(LinkedAccount account, PersonRecord known) =>
        (account.Lid is { } lid && known.Blinds.Contains(Convert.ToHexString(people.LidBlind(lid))))
        || (account.Id is { } own && PhoneNumbers.Variants(own).Any(phone => known.Blinds.Contains(Convert.ToHexString(people.PhoneBlind(phone)))));
}
