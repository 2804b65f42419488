using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Agents;

namespace OpenClaw.Tests.Agents;

public sealed class PromptTests
{
    private static readonly SystemPrompt Prompt = new(new ManualTimeProvider(WorkSamples.At));

    [Theory]
    [InlineData("America/Sao_Paulo", "Sunday, 2026-11-22 07:43 (America/Sao_Paulo)")]
    [InlineData("Asia/Tokyo", "Sunday, 2026-11-22 19:43 (Asia/Tokyo)")]
    [InlineData("Mars/Olympus", "Sunday, 2026-11-22 10:43 (UTC)")]
    public void Model_is_told_the_persons_own_time(string zone, string expected) =>
        Prompt.For(WorkSamples.Of(timeZone: zone)).ShouldContain($"It is {expected} for this person.");

    [Fact]
    public void Model_is_told_the_locale_and_who_reads_along()
    {
        Prompt.For(WorkSamples.Of(locale: "en")).ShouldSatisfyAllConditions(
            text => text.ShouldContain("their locale is en"),
            text => text.ShouldContain("private chat"));
        Prompt.For(WorkSamples.Of(isGroup: true)).ShouldContain("repeat nobody's private data");
    }

    [Fact]
    public void Prompt_holds_no_personal_data()
    {
        var text = Prompt.For(WorkSamples.Of(messages: WorkSamples.Message("segredo", name: "Alice")));

        text.ShouldNotContain("segredo");
        text.ShouldNotContain("Alice");
        text.ShouldNotContain("5511987654321");
    }

    [Theory]
    [InlineData("oi", null, null, null, false, "oi")]
    [InlineData("oi", "Alice", null, null, false, "oi")]
    [InlineData("oi", "Alice", null, null, true, "Alice: oi")]
    [InlineData("e isto?", null, "linha 1\nlinha 2", null, false, "> linha 1\n> linha 2\ne isto?")]
    [InlineData("sim", "Bob", "vamos?", null, true, "Bob: > vamos?\nsim")]
    public void Message_is_read_with_what_makes_sense_of_it(string text, string? name, string? quoted, string? media, bool isGroup, string expected) =>
        UserText.InContext(WorkSamples.Message(text, name, quoted, media), isGroup).ReplaceLineEndings("\n").ShouldBe(expected);

    [Theory]
    [InlineData("", "[The person sent")]
    [InlineData("olha", "olha\n[The person sent")]
    public void Media_is_mentioned_because_it_cannot_be_opened(string caption, string beginning)
    {
        var text = UserText.Of(WorkSamples.Message(caption, media: "audio"));

        text.ShouldStartWith(beginning);
        text.ShouldContain("'audio'");
    }
}
