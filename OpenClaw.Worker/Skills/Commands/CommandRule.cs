using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Skills.Commands;

/// <summary>What one program may be given. Whatever is not named here is refused.</summary>
internal sealed record CommandRule
{
    /// <summary>Short options without a value, which may be written together (<c>-hT</c>).</summary>
    public string Letters { get; init; } = "";

    /// <summary>Options without a value, as written.</summary>
    public FrozenSet<string> Options { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Options with a value (<c>-n 5</c>, <c>-n5</c>, <c>--lines=5</c>, <c>--lines 5</c>) and the pattern the whole value must match.</summary>
    public FrozenDictionary<string, Regex> Values { get; init; } = FrozenDictionary<string, Regex>.Empty;

    /// <summary>The pattern of what is not an option; null = nothing else is taken.</summary>
    public Regex? Operand { get; init; }

    /// <summary>How many of those.</summary>
    public int MostOperands { get; init; }

    /// <summary>For a refusal: what may be given.</summary>
    public required string Allows { get; init; }
}

/// <summary>The rules of the programs that are known; others get <see cref="Unknown"/>.</summary>
internal static partial class CommandRules
{
    private static readonly CommandRule FileReader = new()
    {
        Operand = FileName(),
        MostOperands = 8,
        Allows = "file names",
    };

    /// <summary>For a program without a rule of its own: simple options and plain words.</summary>
    public static CommandRule Unknown { get; } = new() { Operand = PlainWord(), MostOperands = 16, Allows = "simple options and plain words" };

    private static FrozenDictionary<string, CommandRule> Known { get; } = new Dictionary<string, CommandRule>(StringComparer.Ordinal)
    {
        // No -s/--set (sets the clock), no -f/--file (reads any file), no -r (reads any file's time); an operand without + would set the clock.
        ["date"] = new()
        {
            Letters = "uRI",
            Options = Set("--utc", "--universal", "--rfc-email", "--iso-8601", "--iso-8601=date", "--iso-8601=hours",
                "--iso-8601=minutes", "--iso-8601=seconds", "-Idate", "-Ihours", "-Iminutes", "-Iseconds", "--rfc-3339=date", "--rfc-3339=seconds"),
            Values = Taking(DateWords(), "-d", "--date"),
            Operand = DateFormat(),
            MostOperands = 1,
            Allows = "-u, -R, -I, -d with a date in words, and one format that begins with +",
        },
        ["uptime"] = new() { Letters = "ps", Options = Set("--pretty", "--since"), Allows = "-p and -s" },
        ["df"] = new()
        {
            Letters = "ahHiklPT",
            Options = Set("--all", "--human-readable", "--si", "--inodes", "--local", "--portability", "--print-type", "--total"),
            Allows = "-a, -h, -H, -i, -k, -l, -P, -T and --total",
        },
        ["free"] = new() { Letters = "bkmghtlw", Options = Set("--human", "--total", "--wide"), Allows = "-b, -k, -m, -g, -h, -t, -l and -w" },
        ["uname"] = new() { Letters = "asnrvmpio", Options = Set("--all"), Allows = "-a, -s, -n, -r, -v, -m, -p, -i and -o" },
        ["cal"] = new()
        {
            Letters = "13yjmsMS",
            Operand = ShortNumber(),
            MostOperands = 2,
            Allows = "-1, -3, -y, -j, -m, -s, and a month and a year as numbers",
        },
        ["ncal"] = new() { Letters = "3yjbMSw", Operand = ShortNumber(), MostOperands = 2, Allows = "-3, -y, -j, -b, and a month and a year as numbers" },
        ["whoami"] = new() { Allows = "nothing" },
        ["nproc"] = new() { Options = Set("--all"), Allows = "--all" },
        ["arch"] = new() { Allows = "nothing" },
        ["id"] = new() { Letters = "ugGnr", Allows = "-u, -g, -G, -n and -r" },
        ["groups"] = new() { Allows = "nothing" },
        ["tty"] = new() { Letters = "s", Allows = "-s" },
        ["true"] = new() { Allows = "nothing" },
        ["false"] = new() { Allows = "nothing" },
        ["echo"] = new() { Letters = "n", Operand = PlainWord(), MostOperands = 16, Allows = "-n and plain words" },
        ["seq"] = new() { Letters = "w", Operand = ShortNumber(), MostOperands = 3, Allows = "-w and up to three short numbers" },
        ["factor"] = new() { Operand = ShortNumber(), MostOperands = 8, Allows = "short numbers" },
        // No --files0-from, which names files of anywhere.
        ["wc"] = FileReader with { Letters = "clLmw", Options = Set("--bytes", "--chars", "--lines", "--words", "--max-line-length"), Allows = "-c, -m, -l, -w, -L and file names" },
        ["head"] = FileReader with { Letters = "qv", Values = Taking(Count(), "-n", "-c", "--lines", "--bytes"), Allows = "-n, -c with a number, -q, -v and file names" },
        // No -f/-F/--pid, which never end.
        ["tail"] = FileReader with { Letters = "qv", Values = Taking(Count(), "-n", "-c", "--lines", "--bytes"), Allows = "-n, -c with a number, -q, -v and file names" },
        ["cat"] = FileReader with { Letters = "nbsETv", Allows = "-n, -b, -s, -E, -T, -v and file names" },
        ["tac"] = FileReader,
        ["nl"] = FileReader,
        ["ls"] = FileReader with { Letters = "1AaFhlRrSt", Allows = "-1, -a, -A, -F, -h, -l, -r, -R, -S, -t and file names" },
        ["du"] = FileReader with { Letters = "abchkms", Allows = "-a, -b, -c, -h, -k, -m, -s and file names" },
        ["stat"] = FileReader,
        ["cksum"] = FileReader,
        // No -c, which reads names of files from a file.
        ["md5sum"] = FileReader,
        ["sha1sum"] = FileReader,
        ["sha256sum"] = FileReader,
        ["sha512sum"] = FileReader,
        ["cmp"] = FileReader with { MostOperands = 2 },
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The rule for <paramref name="executable"/>.</summary>
    public static CommandRule For(string executable) => Known.GetValueOrDefault(executable, Unknown);

    private static FrozenSet<string> Set(params string[] options) => options.ToFrozenSet(StringComparer.Ordinal);

    private static FrozenDictionary<string, Regex> Taking(Regex value, params string[] options) =>
        options.ToFrozenDictionary(option => option, _ => value, StringComparer.Ordinal);

    [GeneratedRegex(@"\A[\p{L}\p{M}\p{N}_.][\p{L}\p{M}\p{N}_.,+@=()'# /-]*\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex FileName();

    [GeneratedRegex(@"\A[\p{L}\p{M}\p{N}_.,+%][\p{L}\p{M}\p{N}_.,+%!/ -]*\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex PlainWord();

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9 :+,.-]*\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex DateWords();

    [GeneratedRegex(@"\A\+[A-Za-z0-9%:.,_/ +-]*\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex DateFormat();

    [GeneratedRegex(@"\A[+-]?[0-9]{1,7}\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex Count();

    [GeneratedRegex(@"\A[0-9]{1,6}\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex ShortNumber();
}
