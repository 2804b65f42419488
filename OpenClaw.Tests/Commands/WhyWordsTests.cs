using System.Text.RegularExpressions;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Deploy;
using OpenClaw.Worker.Commands;
using OpenClaw.Worker.Models;

namespace OpenClaw.Tests.Commands;

/// <summary><c>/why</c> has words of its own, in both languages, for everything that can happen to a message.</summary>
public sealed partial class WhyWordsTests
{
    /// <summary>What the code gives as a reason, besides those that are made of an enum.</summary>
    private static readonly string[] Reasons =
    [
        "unexpected", "interrupted_too_often", "unreadable",
        "http_400", "redirected", "account_red", "human_took_over", "turn_replayed",
        "uncertain_no_store", "uncertain_waha_restarted", "uncertain_start_unknown", "uncertain_history_too_long", "uncertain_chat_unreadable", "uncertain_too_often",
        "not_allowed", "lid_not_linked", "chat_rate", "person_rate", "limited_or_missed", "too_old", "before_connection", "human_answered", "not_addressed", "human_talks",
        "bot_off", "own_session", "other_session", "session_not_served", "no_content", "no_sender", "no_message_id", "no_chat", "unknown_chat", "status_post", "newsletter",
        "broadcast", "own_post", "event_not_served", "no_status",
    ];

    /// <summary>Of a job, which no message of a chat leads to.</summary>
    private static readonly string[] ReasonsOfJobs = ["timed_out", "unknown_kind"];

    public static TheoryData<string> AllReasons =>
    [
        .. Reasons, .. Enum.GetValues<ModelFailure>().Select(failure => $"model_{failure}"), .. Enum.GetValues<AccountLimit>().Select(limit => limit.RefusalReason()),
    ];

    public static TheoryData<JourneyOutcome> Outcomes => [.. Enum.GetValues<JourneyOutcome>()];

    public static TheoryData<JourneyStepKind, string?> Steps
    {
        get
        {
            var steps = new TheoryData<JourneyStepKind, string?>();
            foreach (var kind in Enum.GetValues<JourneyStepKind>())
                steps.Add(kind, null);
            foreach (var kind in Enum.GetValues<BubbleKind>())
                steps.Add(JourneyStepKind.Queued, kind.Word());
            steps.Add(JourneyStepKind.Claimed, "2");
            steps.Add(JourneyStepKind.Dead, "model_TimedOut");
            steps.Add(JourneyStepKind.Withheld, "uncertain_chat_unreadable");
            steps.Add(JourneyStepKind.Discarded, "turn_replayed");
            steps.Add(JourneyStepKind.BudgetUsedUp, "session");
            return steps;
        }
    }

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void An_outcome_is_told_in_plain_words(JourneyOutcome outcome) => ArePlain(portuguese => WhyWords.Of(outcome, portuguese), outcome.ToString());

    [Theory]
    [MemberData(nameof(Steps))]
    public void A_step_is_told_in_plain_words(JourneyStepKind kind, string? detail) =>
        ArePlain(portuguese => WhyWords.Of(new JourneyStep(kind, null, null, detail), portuguese), kind.ToString());

    [Theory]
    [MemberData(nameof(AllReasons))]
    public void A_reason_is_told_in_plain_words(string reason) => ArePlain(portuguese => WhyReasons.Of(reason, portuguese), reason.StartsWith("model_", StringComparison.Ordinal) ? reason["model_".Length..] : "_" + reason);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_two_values_share_their_words_and_none_has_those_of_an_unknown_one(bool portuguese)
    {
        var outcomes = Enum.GetValues<JourneyOutcome>().Append((JourneyOutcome)(-1)).Select(outcome => WhyWords.Of(outcome, portuguese));
        var steps = Enum.GetValues<JourneyStepKind>().Append((JourneyStepKind)(-1)).Select(kind => WhyWords.Of(new JourneyStep(kind, null, null, null), portuguese));
        var failures = Enum.GetNames<ModelFailure>().Append("Unheard").Select(failure => WhyReasons.Of("model_" + failure, portuguese));

        outcomes.ShouldBeUnique();
        steps.ShouldBeUnique();
        failures.ShouldBeUnique();
    }

    [Fact]
    public void A_reason_of_another_version_is_quoted_as_one_that_cannot_be_explained()
    {
        WhyReasons.Of("from_tomorrow", portuguese: true).ShouldBe("um motivo que não sei explicar (“from_tomorrow”)");
        WhyReasons.Of("from_tomorrow", portuguese: false).ShouldBe("a reason that I cannot explain (“from_tomorrow”)");
    }

    [Fact]
    public void Every_reason_in_the_code_is_one_of_those_above()
    {
        var sources = new[] { "OpenClaw.Core", "OpenClaw.Gateway", "OpenClaw.Worker" }
            .SelectMany(project => Directory.EnumerateFiles(SourceTree.File(project), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(File.ReadAllText)
            .ToList();
        var held = sources.SelectMany(source => Unproven().Matches(source)).Select(match => "uncertain_" + match.Groups["reason"].Value);
        var given = sources.SelectMany(source => Given().Matches(source)).Select(match => match.Groups["reason"].Value).ToList();

        given.Count.ShouldBeGreaterThan(15);
        held.Concat(given).Distinct().Except(Reasons).Except(ReasonsOfJobs).ShouldBeEmpty();
    }

    /// <param name="told">In Portuguese or not.</param>
    /// <param name="name">Name of the enum's value.</param>
    private static void ArePlain(Func<bool, string> told, string name)
    {
        var (inPortuguese, inEnglish) = (told(true), told(false));

        inPortuguese.ShouldNotBe(inEnglish);
        foreach (var words in new[] { inPortuguese, inEnglish })
        {
            words.ShouldMatch(@"\p{L}{3}");
            words.ShouldNotMatch(@"\w_\w|\p{Ll}\p{Lu}(?<!WhatsA)(?!pp)", "no raw word, and no name of an enum");
            words.ShouldNotContain("cannot explain");
            words.ShouldNotMatch($@"\b{name}\b");
        }
    }

    [GeneratedRegex("""(?:Unproven\(|UncertainVerdict\.Unproven,[^;]*?)"(?<reason>[a-z_]+)"\)""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Unproven();

    // A state stands before the reason in some of these.
    [GeneratedRegex("""(?:\b(?:IgnoreAsync|DropAsync|NotToBeAnswered|FailAsync|BuryAsync|HoldAsync)\([^;\n]*?(?:"ignored", |"denied", )?|reason = )["'](?!ignored|denied|uncertain_")(?<reason>[a-z_]+)["']""", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Given();
}
