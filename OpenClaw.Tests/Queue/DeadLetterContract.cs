using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>The steps that the contracts of dead letters are written in.</summary>
public abstract class DeadLetterContract(CoreFixture fixture) : TurnContract(fixture)
{
    protected DeadLetterStore Letters => Core.Get<DeadLetterStore>();

    protected static DeadLetterId IdOf(LaneWork work) => new("turn", work.Turn!.Id);

    protected Task<DeadLetterOutcome> ReplayAsync(DeadLetterId letter) => Letters.ReplayAsync(letter, CancellationToken.None);

    protected List<string> Ids(DeadLetterFilter filter) => [.. Letters.List(filter, null, 100).Items.Select(letter => letter.Id.ToString())];

    protected LaneId LaneOf(DeadLetterId letter) =>
        new(Core.Number($"SELECT lane_id FROM {(letter.Kind == "turn" ? "turns WHERE turn_id" : "outbox WHERE outbox_id")} = @row", ("@row", letter.Row)));

    /// <summary>A message of which every attempt failed; its apology waits.</summary>
    protected async Task<DeadLetterId> DieAsync(string text, double order = 0, Core.People.PersonRecord? person = null)
    {
        var work = await BeginAsync(await ReceiveAsync(text, order, person: person));
        await FailAsync(work, giveUp: true);
        return IdOf(work);
    }

    /// <summary>A message whose answer WAHA refused for good.</summary>
    protected async Task<DeadLetterId> BuryAsync(string text, double order = 0, Core.People.PersonRecord? person = null)
    {
        var lane = await ReceiveAsync(text, order, person: person);
        var work = await BeginAsync(lane);
        if (work.Outbox.Count > 0)
        {
            await SendAsync(work, work.Outbox[0], MessageBuilder.NextRawId());
            work = await BeginAsync(lane);
        }

        var bubble = (await CompleteAsync(work, "answer")).Single();
        await Core.Outbox.BuryAsync(work, bubble, "http_400", CancellationToken.None);
        return new DeadLetterId("bubble", bubble.Id);
    }

    protected async Task SendApologyAsync(LaneId lane)
    {
        var work = await BeginAsync(lane);
        await SendAsync(work, work.Outbox.Single(), MessageBuilder.NextRawId());
    }

    protected async Task SendAsync(LaneWork work, Bubble bubble, string rawId)
    {
        await Core.Outbox.ClaimAsync(work, new BubbleClaim(bubble.Id, Clock.Now + Seconds(10)), CancellationToken.None);
        await AcceptAsync(work, bubble, rawId);
    }
}
