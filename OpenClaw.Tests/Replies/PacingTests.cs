using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Agents;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.WhatsApp;
using OpenClaw.Worker.Commands;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Tests.Replies;

public sealed class PacingTests
{
    [Theory]
    [InlineData(0, 320, 480)]
    [InlineData(100, 1280, 1920)]
    [InlineData(5000, 3200, 4800)]
    public void Wait_grows_with_the_text_and_stays_within_bounds(int length, int atLeast, int atMost)
    {
        var pacing = With(humanPacing: true);

        var waits = Enumerable.Range(0, 500).Select(_ => pacing.DelayFor(new string('x', length), TimeSpan.Zero).TotalMilliseconds).ToList();

        waits.ShouldAllBe(wait => wait >= atLeast && wait <= atMost);
        waits.Distinct().Count().ShouldBeGreaterThan(100);
    }

    [Fact]
    public void Time_that_the_person_waited_already_counts()
    {
        var pacing = With(humanPacing: true);

        pacing.DelayFor("oi", TimeSpan.FromSeconds(5)).ShouldBe(TimeSpan.Zero);
        pacing.DelayFor(new string('x', 5000), TimeSpan.FromSeconds(3)).ShouldBeInRange(TimeSpan.FromMilliseconds(200), TimeSpan.FromMilliseconds(1800));
    }

    [Fact]
    public void Without_human_pacing_there_is_no_wait()
    {
        var pacing = With(humanPacing: false);

        pacing.Enabled.ShouldBeFalse();
        pacing.DelayFor(new string('x', 5000), TimeSpan.Zero).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Answer_without_pacing_is_claimed_at_once_until_the_send_timeout()
    {
        var reply = await ComposeAsync(WorkSamples.Of(), "**olá**", humanPacing: false);

        reply.ClaimFirst.ShouldBeTrue();
        reply.FirstNotBefore.ShouldBe(WorkSamples.At);
        reply.Deadline.ShouldBe(WorkSamples.At + TimeSpan.FromSeconds(15));
        reply.Bubbles.ShouldBe([new BubbleContent("5511987654321@c.us", "*olá*", null)]);
        (reply.UserText, reply.ReplyText).ShouldBe(("oi", "**olá**"));
    }

    [Fact]
    public async Task Paced_answer_waits_for_its_time()
    {
        var reply = await ComposeAsync(WorkSamples.Of(), "olá", humanPacing: true);

        reply.ClaimFirst.ShouldBeFalse();
        reply.FirstNotBefore.ShouldBeGreaterThan(WorkSamples.At);
    }

    [Fact]
    public async Task In_a_group_only_the_first_bubble_quotes_the_last_message()
    {
        const string Group = "120363000000000001@g.us";
        var work = WorkSamples.Of(isGroup: true, messages: [WorkSamples.Message("um", chat: Group), WorkSamples.Message("dois", media: "image", chat: Group)]);

        var reply = await ComposeAsync(work, string.Join("\n\n", Enumerable.Repeat(new string('x', 900), 3)), humanPacing: false);

        reply.Bubbles.Select(bubble => (bubble.ChatId, bubble.ReplyTo)).ShouldBe([(Group, $"false_{Group}_3EB0"), (Group, null), (Group, null)]);
        reply.UserText.ShouldStartWith("um\ndois\n[The person sent");
    }

    [Theory]
    [InlineData("pt-BR", "Desculpe", "Calma")]
    [InlineData("en", "Sorry", "One moment")]
    [InlineData("fr", "Sorry", "One moment")]
    public void Notices_speak_the_persons_language(string locale, string apology, string limit)
    {
        Notices.Apology(locale, "ABC234").ShouldStartWith(apology);
        Notices.Apology(locale, "ABC234").ShouldContain("ABC234");
        new Notices().TooManyMessages(locale).ShouldStartWith(limit);
    }

    [Theory]
    [InlineData(0.5, 15, "Delivery__SendTimeout")]
    [InlineData(21, 15, "Delivery__SendTimeout")]
    [InlineData(15, -1, "Delivery__Quarantine")]
    [InlineData(15, 301, "Delivery__Quarantine")]
    [InlineData(1, 0, null)]
    [InlineData(20, 300, null)]
    public void Delivery_settings_are_bounded(double sendTimeout, double quarantine, string? complaint)
    {
        var result = new DeliveryOptionsValidator().Validate(null, new DeliveryOptions
        {
            SendTimeout = TimeSpan.FromSeconds(sendTimeout),
            Quarantine = TimeSpan.FromSeconds(quarantine),
        });

        result.Failed.ShouldBe(complaint is not null);
        (result.FailureMessage ?? "").ShouldContain(complaint ?? "");
    }

    [Fact]
    public void What_to_do_when_uncertain_is_one_of_two_things() =>
        new DeliveryOptionsValidator().Validate(null, new DeliveryOptions { WhenUncertain = (WhenUncertain)7 }).FailureMessage.ShouldBe("Delivery__WhenUncertain must be Resend or Hold.");

    private static async Task<TurnReply> ComposeAsync(LaneWork work, string answer, bool humanPacing)
    {
        using var rig = new ClientRig(null);
        var time = new ManualTimeProvider(WorkSamples.At);
        var composer = new ReplyComposer(With(humanPacing), new MessageIds(rig.Client, time), BudgetsOf.None(time), StandInsOf.None(time), IntegrationsOf.Process(), Options.Create(new DeliveryOptions()), time);
        return await composer.ComposeAsync(work, new ChatAnswer(answer, BubbleKind.Reply), TimeSpan.Zero, CancellationToken.None);
    }

    private static Pacing With(bool humanPacing) => new(Options.Create(new DeliveryOptions { HumanPacing = humanPacing }), new Random(4711));
}
