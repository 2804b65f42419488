using System.Text;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Queue;

namespace OpenClaw.Tests.Security;

/// <summary>Stores known texts, names, numbers and ids through every store and looks for them in the files.</summary>
public sealed class AtRestTests() : TurnContract(new CoreFixture())
{
    private static readonly string[] Planted =
    [
        "PLANTEDQUESTION", "PLANTEDANSWER", "PLANTEDTRANSCRIPT", "PLANTEDARGUMENTS", "PLANTEDQUOTE", "PLANTEDREACTION", "PLANTEDHELD", "PLANTEDDROPPED",
        "Maria Builder", "5511977776666", "998877665544332", "120363999888777", "5511966665555", "sorry, reference XYZ", "too many messages",
    ];

    [Fact]
    public async Task No_personal_data_lies_in_clear_in_any_file()
    {
        await StoreEverythingAsync();
        var open = Findings();
        Core.Dispose();
        var closed = Findings();

        open.ShouldBeEmpty();
        closed.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_search_would_find_what_lies_in_clear()
    {
        _ = Core.Keys;
        await Core.ExecuteAsync("INSERT INTO facts (name, value) VALUES ('x', 'PLANTEDQUESTION')");
        await Core.ExecuteAsync(
            "INSERT INTO facts (name, value) VALUES ('y', @value)", ("@value", Convert.ToBase64String("- 5511977776666@c.us"u8)));

        Findings().Select(finding => finding.Split(' ')[0]).Distinct().ShouldBe(["PLANTEDQUESTION", "5511977776666"], ignoreOrder: true);
    }

    private async Task StoreEverythingAsync()
    {
        var maria = await Core.PersonAsync("5511977776666", "998877665544332");
        await ReceiveAndAnswerAsync(maria, group: null);
        await ReceiveAndAnswerAsync(maria, group: "120363999888777");

        var hidden = await Core.PersonAsync(null, "5511966665555");
        await Core.Inbound.HoldAsync(MessageBuilder.Message(hidden, "PLANTEDHELD", Clock.Now, chat: "5511966665555@lid"), "unlinked_lid", CancellationToken.None);
        await Core.Inbound.DropAsync(MessageBuilder.Dropped(Clock.Now, chat: "5511977776666@c.us"), CancellationToken.None);
        await Core.Events.RecordAsync(
            "default", "reaction", new ChatEventContent("5511977776666@c.us", "R1", "PLANTEDREACTION", null, "R0"), maria.Scope, Clock.Now, CancellationToken.None);
        await Core.Events.RecordSessionAsync("default", "WORKING", new LinkedAccount("5511966665555", "998877665544332"), Clock.Now, CancellationToken.None);

        var limits = Core.Get<Microsoft.Extensions.Options.IOptions<LimitsOptions>>().Value;
        limits.MessagesPerMinutePerPerson = 1;
        for (var i = 0; i < 3; i++)
            await Core.Inbound.AcceptAsync(MessageBuilder.Message(maria, "PLANTEDDROPPED", Clock.Now, chat: "5511977776666@c.us"), CancellationToken.None);
        Core.Number("SELECT COUNT(*) FROM outbox WHERE kind = 'notice'").ShouldBe(1);
    }

    private async Task ReceiveAndAnswerAsync(Core.People.PersonRecord person, string? group)
    {
        var message = MessageBuilder.Message(person, "PLANTEDQUESTION", Clock.Now, group: group, chat: "5511977776666@c.us");
        await Core.Inbound.AcceptAsync(message with { Content = message.Content with { QuotedText = "PLANTEDQUOTE" } }, CancellationToken.None);
        var lane = await Core.Lanes.EnsureAsync("default", person, group, message.Content.ChatId, CancellationToken.None);
        var work = await BeginAsync(lane);
        await Core.Settlement.AppendAsync(work, [new TurnStep(0, "model", null, "PLANTEDTRANSCRIPT")], CancellationToken.None);
        await Core.Get<SkillAuditStore>().StartAsync(work.Turn!.Person, work.Chat, "read_file", "read", "PLANTEDARGUMENTS", CancellationToken.None);
        var reply = Reply("PLANTEDANSWER") with { UserText = "PLANTEDQUESTION" };
        await AcceptAsync(work, (await Core.Settlement.CompleteAsync(work, reply, CancellationToken.None)).Single(), null);

        await Core.Inbound.AcceptAsync(MessageBuilder.Message(person, "PLANTEDQUESTION", Clock.Now, group: group, chat: "5511977776666@c.us"), CancellationToken.None);
        (await FailAsync(await BeginAsync(lane), giveUp: true)).Dead.ShouldBeTrue();
        var apology = await BeginAsync(lane);
        await Core.Outbox.ClaimAsync(apology, new BubbleClaim(apology.Outbox[0].Id, Clock.Now), CancellationToken.None);
        await AcceptAsync(apology, apology.Outbox[0], null);
    }

    private List<string> Findings()
    {
        var files = Directory.EnumerateFiles(Fixture.DataDirectory, "*.db*", SearchOption.AllDirectories).ToList();
        files.Select(Path.GetFileName).ShouldContain("openclaw.db");
        files.Select(Path.GetFileName).ShouldContain("keys.db");
        return [.. files.SelectMany(file =>
        {
            // The writer's process has the files open.
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return Planted.Where(text => Forms(text).Any(form => bytes.AsSpan().IndexOf(form) >= 0)).Select(text => text + " in " + Path.GetFileName(file));
        })];
    }

    /// <summary>UTF-8, UTF-16, hex, and what base64 makes of the text at each of the three positions it can begin at.</summary>
    private static IEnumerable<byte[]> Forms(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        yield return utf8;
        yield return Encoding.Unicode.GetBytes(text);
        yield return Encoding.ASCII.GetBytes(Convert.ToHexString(utf8));
        for (var before = 0; before < 3; before++)
        {
            var shifted = Convert.ToBase64String([.. new byte[before], .. utf8]);
            // The first and last groups depend on the neighbours.
            yield return Encoding.ASCII.GetBytes(shifted[(before == 0 ? 0 : 4)..((shifted.Length / 4 * 4) - 4)]);
        }
    }
}
