using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>The steps that the contracts of turns and bubbles are written in; a derived class brings the database.</summary>
public abstract class TurnContract(CoreFixture fixture) : IDisposable
{
    protected static readonly BubbleContent Apology = new("5511999990000@c.us", "sorry, reference XYZ", null);

    protected CoreFixture Fixture { get; } = fixture;

    protected CoreProcess Core => Fixture.Core;

    protected StepClock Clock => Fixture.Clock;

    protected TurnOptions Options => Core.Get<IOptions<TurnOptions>>().Value;

    public void Dispose()
    {
        Fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    protected static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    protected Task<PersonRecord> MariaAsync() => Core.PersonAsync("5511999990000");

    /// <summary>A message that WhatsApp dated <paramref name="order"/> seconds from now.</summary>
    protected async Task<LaneId> ReceiveAsync(string text, double order = 0, double envelope = 0, PersonRecord? person = null, string? group = null)
    {
        person ??= await MariaAsync();
        var message = MessageBuilder.Message(person, text, Clock.Now + Seconds(order), envelopeAt: Clock.Now + Seconds(envelope), group: group);
        (await Core.Inbound.AcceptAsync(message, CancellationToken.None)).ShouldBe(IntakeOutcome.Accepted);
        return await Core.Lanes.EnsureAsync(message.Session, person, group, message.Content.ChatId, CancellationToken.None);
    }

    protected async Task<LaneWork> BeginAsync(LaneId lane) =>
        (await Core.Turns.BeginAsync(lane, CancellationToken.None)).ShouldNotBeNull();

    protected async Task<LaneWork> ReceiveAndBeginAsync(params string[] texts)
    {
        var lane = default(LaneId);
        foreach (var text in texts)
            lane = await ReceiveAsync(text);
        return await BeginAsync(lane);
    }

    protected TurnReply Reply(params string[] bubbles) => new(
        [.. bubbles.Select(text => new BubbleContent("5511999990000@c.us", text, null))],
        "asked", string.Join('\n', bubbles), ClaimFirst: true, Clock.Now, Clock.Now + Seconds(10));

    protected Task<IReadOnlyList<Bubble>> CompleteAsync(LaneWork work, params string[] bubbles) =>
        Core.Settlement.CompleteAsync(work, Reply(bubbles), CancellationToken.None);

    protected Task AcceptAsync(LaneWork work, Bubble bubble, string? rawId, Bubble? next = null) =>
        Core.Outbox.AcceptAsync(work, bubble, rawId, next is null ? null : new BubbleClaim(next.Id, Clock.Now + Seconds(10)), CancellationToken.None);

    /// <summary>Answers a turn with one bubble that is sent at once.</summary>
    protected async Task AnswerAsync(LaneWork work)
    {
        var bubble = (await CompleteAsync(work, "answer")).Single();
        await AcceptAsync(work, bubble, MessageBuilder.NextRawId());
    }

    protected Task<FailedTurn> FailAsync(LaneWork work, TimeSpan? retryAfter = null, bool giveUp = false) =>
        Core.Settlement.FailAsync(work, "model_failed", retryAfter, Apology, giveUp, CancellationToken.None);

    /// <summary>Fails, lets the wait pass and begins again.</summary>
    protected async Task<LaneWork> FailAndBeginAsync(LaneWork work)
    {
        var failed = await FailAsync(work);
        Clock.Advance(failed.RetryAt - Clock.Now);
        return await BeginAsync(work.Chat.Lane);
    }

    protected static IEnumerable<string> TextsOf(LaneWork work) => work.Turn.ShouldNotBeNull().Messages.Select(message => message.Content.Text);

    /// <summary>State and reason of a turn's messages, in the order of their arrival.</summary>
    protected List<string> StatesOf(Turn turn) =>
        [.. turn.Messages.SelectMany(message => Core.Texts("SELECT state || COALESCE(':' || reason, '') FROM inbound WHERE inbound_id = @id", ("@id", message.InboundId)))];

    protected List<string> BubbleStates() => Core.Texts("SELECT state FROM outbox ORDER BY outbox_id");
}
