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

/// <summary>A mention of the bot's id, a quote of one of its messages, or the trigger word.</summary>
internal sealed class GroupAddressing
{
    private static readonly TimeSpan MatchPatience = TimeSpan.FromMilliseconds(200);
    private readonly Regex _trigger;
    private readonly InboundStore _store;

    public GroupAddressing(IOptions<GroupsOptions> options, InboundStore store)
    {
        _store = store;
        _trigger = new Regex(
            $@"(?<![\p{{L}}\p{{N}}_]){Regex.Escape(options.Value.TriggerWord.Trim())}(?![\p{{L}}\p{{N}}_])",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, MatchPatience);
    }

    public async ValueTask<bool> IsAddressedAsync(WahaEnvelope envelope, MessagePayload message, CancellationToken cancellationToken) =>
        _trigger.IsMatch(message.Text) || Mentions(envelope) || await QuotesUsAsync(envelope, message, cancellationToken);

    private async ValueTask<bool> QuotesUsAsync(WahaEnvelope envelope, MessagePayload message, CancellationToken cancellationToken) =>
        (message.QuotedAuthor is { } author && IsUs(envelope, author))
        || (message.QuotedRawId is { } raw && await _store.IsOurBubbleAsync(envelope.Session, raw, cancellationToken));

    private static bool Mentions(WahaEnvelope envelope)
    {
        var data = envelope.Payload.Get("_data");
        // By engine: NOWEB, WEBJS, GOWS.
        return AnyIsUs(envelope, ContextOf(data.Get("message")).Get("mentionedJid"))
            || AnyIsUs(envelope, data.Get("mentionedIds"))
            || AnyIsUs(envelope, ContextOf(data.Get("Message")).Get("mentionedJID"));
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

    private static bool AnyIsUs(WahaEnvelope envelope, JsonElement ids)
    {
        if (ids.ValueKind != JsonValueKind.Array)
            return false;
        foreach (var id in ids.EnumerateArray())
        {
            if (ChatId.TryParse(id.Text() ?? id.Get("_serialized").Text(), out var chat) && IsUs(envelope, chat))
                return true;
        }

        return false;
    }

    private static bool IsUs(WahaEnvelope envelope, ChatId id) =>
        ChatId.Parse(envelope.Me.Get("id").Text()) == id || ChatId.Parse(envelope.Me.Get("lid").Text()) == id;
}
