using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;

namespace OpenClaw.Gateway.Admin;

/// <summary>Which dead letters are meant; what is left out does not matter. Times are ISO 8601.</summary>
internal sealed record DeadLetterQuery
{
    /// <summary><c>turn</c>, <c>bubble</c> or <c>job</c>.</summary>
    [FromQuery(Name = "kind")]
    public string? Kind { get; init; }

    /// <summary>Exact reason, for example <c>model_Unauthorized</c>.</summary>
    [FromQuery(Name = "reason")]
    public string? Reason { get; init; }

    /// <summary>WAHA session.</summary>
    [FromQuery(Name = "session")]
    public string? Session { get; init; }

    /// <summary>Chat.</summary>
    [FromQuery(Name = "lane")]
    public long? Lane { get; init; }

    /// <summary>Died at this time or later.</summary>
    [FromQuery(Name = "from")]
    public DateTimeOffset? From { get; init; }

    /// <summary>Died at this time or earlier.</summary>
    [FromQuery(Name = "until")]
    public DateTimeOffset? Until { get; init; }
}

/// <summary>A dead letter in a list: no text of anybody.</summary>
internal sealed record DeadLetterItem(
    string Id, string Kind, string Reason, int Attempts, int Replays, DateTimeOffset DiedAt, long Lane, string Session, string? Reference, string? RequestId, string? TraceId);

/// <param name="Items">Newest first.</param>
/// <param name="Next">Ask again with <c>after</c> = this; null at the end.</param>
/// <param name="Counts">All there are of each kind, whatever was asked for.</param>
internal sealed record DeadLetterList(IReadOnlyList<DeadLetterItem> Items, string? Next, IReadOnlyDictionary<string, long> Counts);

/// <summary>A text, decrypted because somebody asked for it.</summary>
internal sealed record DeadLetterMessage(DateTimeOffset At, string Chat, string? Sender, string Text, string? Media);

/// <param name="Letter">As in a list.</param>
/// <param name="Messages">What it is about: a person's messages, or the one text of ours. Null when nobody can read it any more.</param>
internal sealed record DeadLetterDetail(DeadLetterItem Letter, IReadOnlyList<DeadLetterMessage>? Messages);

/// <param name="Id">Which.</param>
/// <param name="Outcome"><c>done</c>, <c>notFound</c>, <c>alreadyReplayed</c>, <c>alreadyDiscarded</c>, <c>obsolete</c> or <c>unreadable</c>.</param>
/// <param name="Detail">The same in a sentence.</param>
internal sealed record DeadLetterAnswer(string Id, string Outcome, string Detail);

/// <param name="Replayed">How many.</param>
/// <param name="Refused">Those that could not be.</param>
internal sealed record DeadLetterSweepAnswer(int Replayed, IReadOnlyList<DeadLetterAnswer> Refused);

/// <param name="Kind">What happened, for example <c>arrived</c>, <c>accepted</c>, <c>foundInChat</c>.</param>
/// <param name="At">When; null where it is not kept.</param>
/// <param name="Bubble">Which message of ours, where it is about one.</param>
/// <param name="Detail">A typed word or number.</param>
internal sealed record JourneyStepView(string Kind, DateTimeOffset? At, long? Bubble, string? Detail);

/// <param name="Kind"><c>reply</c>, <c>command</c>, <c>apology</c> or <c>notice</c>.</param>
/// <param name="State"><c>queued</c>, <c>sending</c>, <c>accepted</c>, <c>dead</c> or <c>discarded</c>.</param>
/// <param name="Settlement"><c>plain</c>, <c>found</c>, <c>absentResent</c>, <c>unprovenResent</c> or <c>held</c>; null while it is open.</param>
/// <param name="Session">The session that it goes or went through.</param>
internal sealed record JourneyBubbleView(
    long Bubble, string Kind, string State, string? Settlement, DateTimeOffset? AcceptedAt, DateTimeOffset? ServerAt, DateTimeOffset? DeviceAt, DateTimeOffset? ReadAt,
    DateTimeOffset? RefusedAt, string Session);

/// <summary>The way of a message and its answer, without what was written.</summary>
/// <param name="Outcome"><c>waiting</c>, <c>held</c>, <c>inProgress</c>, <c>sending</c>, <c>sent</c>, <c>delivered</c>, <c>read</c>, <c>refused</c>, <c>unknown</c>, <c>dead</c>, <c>discarded</c>, <c>ignored</c>, <c>limited</c>, <c>denied</c>, <c>context</c>.</param>
internal sealed record JourneyView(
    string? RequestId, string? Reference, string Outcome, string? Reason, string Session, long? Lane, bool IsLate, int Attempts, string? TraceId, IReadOnlyList<JourneyStepView> Steps,
    IReadOnlyList<JourneyBubbleView> Bubbles);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(DeadLetterList))]
[JsonSerializable(typeof(DeadLetterDetail))]
[JsonSerializable(typeof(DeadLetterAnswer))]
[JsonSerializable(typeof(IReadOnlyList<DeadLetterAnswer>))]
[JsonSerializable(typeof(DeadLetterSweepAnswer))]
[JsonSerializable(typeof(JourneyView))]
[JsonSerializable(typeof(GapList))]
[JsonSerializable(typeof(IntegrationList))]
[JsonSerializable(typeof(SessionList))]
[JsonSerializable(typeof(SessionChange))]
[JsonSerializable(typeof(PairingCodeRequest))]
[JsonSerializable(typeof(PairingCode))]
[JsonSerializable(typeof(ProblemDetails))]
[JsonSerializable(typeof(DateTimeOffset?))]
[JsonSerializable(typeof(int?))]
[JsonSerializable(typeof(long?))]
internal sealed partial class AdminJson : JsonSerializerContext;
