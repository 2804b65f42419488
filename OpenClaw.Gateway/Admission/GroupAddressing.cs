using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Admission;

/// <summary>When a message in a group is meant for the bot. Section <c>Groups</c>.</summary>
public sealed class GroupsOptions
{
    /// <summary>A word that addresses the bot, besides a mention or a quote of it.</summary>
    public string TriggerWord { get; set; } = "openclaw";
}

internal sealed class GroupsOptionsValidator : IValidateOptions<GroupsOptions>
{
    public ValidateOptionsResult Validate(string? name, GroupsOptions options) =>
        options.TriggerWord.Trim() is { Length: >= 2 and <= 40 } word && !word.Any(char.IsWhiteSpace)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Groups__TriggerWord must be one word of 2 to 40 letters, for example openclaw.");
}

/// <summary>Whom a group's message is meant for.</summary>
internal enum GroupAddress
{
    /// <summary>Not for us.</summary>
    Nobody,

    /// <summary>For the assistant, whichever of its numbers answers.</summary>
    Anyone,

    /// <summary>Of several numbers, for the one that has this copy.</summary>
    Session,

    /// <summary>Of several numbers, for another one.</summary>
    OtherSession,
}

/// <summary>A mention of the bot's id, a quote of one of its messages, or the trigger word.</summary>
internal sealed class GroupAddressing
{
    private static readonly TimeSpan MatchPatience = TimeSpan.FromMilliseconds(200);
    private readonly Regex _trigger;
    private readonly InboundStore _store;
    private readonly OwnSessions _own;

    public GroupAddressing(IOptions<GroupsOptions> options, InboundStore store, OwnSessions own)
    {
        (_store, _own) = (store, own);
        _trigger = new Regex(
            $@"(?<![\p{{L}}\p{{N}}_]){Regex.Escape(options.Value.TriggerWord.Trim())}(?![\p{{L}}\p{{N}}_])",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchPatience);
    }

    /// <summary>Whom a group's message is meant for, as the session sees it that has this copy of it.</summary>
    public async ValueTask<GroupAddress?> JudgeAsync(WahaEnvelope envelope, MessagePayload message, CancellationToken cancellationToken)
    {
        var named = Named(envelope, message);
        if (!_own.AreSeveral)
            return _trigger.IsMatch(message.Text) || await IsUsAsync(envelope, message, named, cancellationToken) ? GroupAddress.Anyone : GroupAddress.Nobody;

        var isUs = await IsUsAsync(envelope, message, named, cancellationToken);
        var others = (await _own.AmongAsync(named, cancellationToken)).Where(session => session != envelope.Session).ToList();
        if (isUs)
            return others.Count == 0 ? GroupAddress.Session : GroupAddress.Anyone;
        // One that cannot answer leaves its message to whoever has the group.
        if (others.Count == 1 && _own.IsFit(others[0]))
            return GroupAddress.OtherSession;
        return others.Count > 0 || _trigger.IsMatch(message.Text) ? GroupAddress.Anyone : GroupAddress.Nobody;
    }

    private async ValueTask<bool> IsUsAsync(WahaEnvelope envelope, MessagePayload message, List<ChatId> named, CancellationToken cancellationToken) =>
        named.Any(id => IsUs(envelope, id))
        || (message.QuotedRawId is { } raw && await _store.IsOurBubbleAsync(envelope.Session, raw, cancellationToken));

    /// <summary>Who is mentioned, and whose message is quoted.</summary>
    private static List<ChatId> Named(WahaEnvelope envelope, MessagePayload message)
    {
        var data = envelope.Payload.Get("_data");
        // By engine: NOWEB, WEBJS, GOWS.
        return
        [
            .. Ids(ContextOf(data.Get("message")).Get("mentionedJid")), .. Ids(data.Get("mentionedIds")), .. Ids(ContextOf(data.Get("Message")).Get("mentionedJID")),
            .. message.QuotedAuthor is { } author ? [author] : Array.Empty<ChatId>(),
        ];
    }

    /// <summary>Text has its context in extendedTextMessage, a picture with a caption in imageMessage, and so on.</summary>
    private static JsonElement ContextOf(JsonElement message)
    {
        if (message.ValueKind != JsonValueKind.Object)
            return default;
        foreach (var part in message.EnumerateObject())
        {
            if (part.Value.Get("contextInfo") is { ValueKind: JsonValueKind.Object } context)
                return context;
        }

        return default;
    }

    private static IEnumerable<ChatId> Ids(JsonElement ids)
    {
        if (ids.ValueKind != JsonValueKind.Array)
            yield break;
        foreach (var id in ids.EnumerateArray())
        {
            if (ChatId.TryParse(id.Text() ?? id.Get("_serialized").Text(), out var chat))
                yield return chat;
        }
    }

    private static bool IsUs(WahaEnvelope envelope, ChatId id) =>
        ChatId.Parse(envelope.Me.Get("id").Text()) == id || ChatId.Parse(envelope.Me.Get("lid").Text()) == id;
}
