using System.Globalization;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Gateway.Admin;

namespace OpenClaw.Gateway.CommandLine;

/// <summary>What was typed after <c>dead-letters</c>.</summary>
/// <param name="Verb"><c>list</c>, <c>show</c>, <c>replay</c> or <c>discard</c>.</param>
/// <param name="Id">One, or null for a list or <c>--all</c>.</param>
/// <param name="Query">Which ones of a list or of <c>--all</c>.</param>
/// <param name="After">Cursor.</param>
/// <param name="Limit">Page size.</param>
/// <param name="IsConfirmed"><c>--yes</c>.</param>
/// <param name="IsJson"><c>--json</c>.</param>
/// <param name="Settings">Settings of the Gateway, <c>--Section:Key=value</c>.</param>
internal sealed record DeadLetterArguments(
    string Verb, DeadLetterId? Id, DeadLetterQuery Query, string? After, int Limit, bool IsConfirmed, bool IsJson, IReadOnlyList<string> Settings)
{
    public const string Usage =
        """
        dead-letters list    [filter] [--limit 50] [--after <next>] [--json]
        dead-letters show    <id> [--json]             with its texts
        dead-letters replay  <id> | --all [filter] [--json]
        dead-letters discard <id> | --all [filter] --yes [--json]

        filter: --kind turn|bubble|job  --reason <reason>  --session <session>  --lane <number>  --from <time>  --until <time>   (ISO 8601, UTC without a zone)
        Settings of the Gateway may follow as --Section:Key=value, for example --Storage:DataDirectory=/var/lib/openclaw
        Exit codes: 0 done, 2 wrong command line or setting, 3 no such dead letter, 4 refused, 5 nothing could be reached, 1 unexpected
        """;

    private const int DefaultLimit = 50;

    /// <exception cref="CommandLineException">It makes no sense; says why.</exception>
    public static DeadLetterArguments Parse(IReadOnlyList<string> arguments)
    {
        var words = new List<string>();
        var settings = new List<string>();
        var parsed = new DeadLetterArguments("", null, new DeadLetterQuery(), null, DefaultLimit, false, false, settings);
        var all = false;
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith("--", StringComparison.Ordinal))
                words.Add(argument);
            else if (IsSetting(argument))
                settings.Add(argument);
            else if (argument == "--all")
                all = true;
            else if (argument == "--yes")
                parsed = parsed with { IsConfirmed = true };
            else if (argument == "--json")
                parsed = parsed with { IsJson = true };
            else
                parsed = parsed.With(argument, i + 1 < arguments.Count ? arguments[++i] : throw Wrong($"{argument} needs a value, or is not an option."));
        }

        return parsed.Finish(words, all);
    }

    private DeadLetterArguments With(string option, string value) => option switch
    {
        "--kind" => this with { Query = Query with { Kind = value } },
        "--reason" => this with { Query = Query with { Reason = value } },
        "--session" => this with { Query = Query with { Session = value } },
        "--lane" => this with { Query = Query with { Lane = Number(option, value) } },
        "--from" => this with { Query = Query with { From = Time(option, value) } },
        "--until" => this with { Query = Query with { Until = Time(option, value) } },
        "--after" => DeadLetterDesk.IsCursor(value) ? this with { After = value } : throw Wrong("--after wants what an earlier list told."),
        "--limit" => Number(option, value) is >= 1 and <= DeadLetterDesk.LargestPage and var limit ? this with { Limit = (int)limit } : throw Wrong("--limit must be between 1 and 200."),
        _ => throw Wrong($"{option} is not an option."),
    };

    private DeadLetterArguments Finish(List<string> words, bool all)
    {
        if (words is not [("list" or "show" or "replay" or "discard") and var verb, .. var rest] || rest.Count > 1)
            throw Wrong(words.Count == 0 ? "Say what to do." : $"\"{string.Join(' ', words)}\" is not a command.");
        if (verb == "list")
            return rest.Count == 0 && !all ? this with { Verb = verb } : throw Wrong("list takes no id; `show` does.");
        if (rest is [var text])
        {
            if (all || Query != new DeadLetterQuery())
                throw Wrong("Give either an id, or --all with a filter.");
            return DeadLetterId.Parse(text) is { } id ? this with { Verb = verb, Id = id } : throw Wrong($"\"{text}\" is not an id; one looks like turn-12 or bubble-34.");
        }

        if (verb == "show" || !all)
            throw Wrong(verb == "show" ? "Say which one, for example: show turn-12." : $"Say which one, for example: {verb} turn-12. Or {verb} --all.");
        return this with { Verb = verb };
    }

    private static bool IsSetting(string argument) =>
        argument.Split('=')[0] is var name && name.Length < argument.Length && (name.Contains(':', StringComparison.Ordinal) || name == "--urls");

    private static long Number(string option, string value) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Wrong($"{option} wants a number.");

    private static DateTimeOffset Time(string option, string value) =>
        DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw Wrong($"{option} wants a time, for example 2026-11-22T14:00.");

    private static CommandLineException Wrong(string sentence) => new(ExitCodes.Usage, sentence + Environment.NewLine + Environment.NewLine + Usage);
}
