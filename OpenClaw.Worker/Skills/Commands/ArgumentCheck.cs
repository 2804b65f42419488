using System.Buffers;
using System.Text.RegularExpressions;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Worker.Skills.Commands;

/// <summary>
/// Holds a command's arguments against the rules for all programs and those for this one. No shell would read them, but the program
/// does: an option may name a file, and a name may lead out of the person's folder. Each refusal says which rule it was.
/// </summary>
internal static partial class ArgumentCheck
{
    private const int MostArguments = 16;
    private const int LongestArgument = 256;

    private static readonly SearchValues<char> ShellCharacters = SearchValues.Create(";|&$<>`\\*?[]{}\"^");

    /// <summary>Throws <see cref="SkillException"/> (refused) at the first argument that breaks a rule.</summary>
    public static void Check(string executable, IReadOnlyList<string> arguments, IFileTree tree)
    {
        if (arguments.Count > MostArguments)
            throw Refused($"at most {MostArguments} arguments are allowed", "too_many_arguments");

        foreach (var argument in arguments)
            CheckForAll(argument);

        var rule = CommandRules.For(executable);
        var operands = 0;
        for (var index = 0; index < arguments.Count; index++)
        {
            var argument = arguments[index];
            if (argument[0] != '-')
            {
                CheckOperand(executable, rule, argument, ++operands);
                CheckWay(argument, tree);
            }
            else if (rule == CommandRules.Unknown)
            {
                CheckSimpleOption(argument);
            }
            else if (TakesNext(rule, argument))
            {
                index++;
                CheckValue(executable, rule, argument, index < arguments.Count ? arguments[index] : null);
            }
            else if (!IsAllowed(executable, rule, argument))
            {
                throw NotAllowed(executable, rule, argument);
            }
        }
    }

    private static void CheckForAll(string argument)
    {
        if (argument.Length == 0)
            throw Refused("an argument must not be empty", "empty_argument");
        if (argument.Length > LongestArgument)
            throw Refused($"an argument may have at most {LongestArgument} characters", "argument_too_long");
        if (!SkillText.IsWellFormed(argument) || argument.Any(SkillText.IsUnseen))
            throw Refused("line breaks, control and invisible characters are not allowed in arguments", "argument_characters");
        if (argument.AsSpan().ContainsAny(ShellCharacters))
        {
            throw Refused("no shell reads the command, so ; | & $ < > ` \\ * ? [ ] { } \" ^ have no meaning and are not allowed in arguments",
                "shell_characters");
        }

        if (argument[0] is '/' or '~' || DrivePattern().IsMatch(argument))
            throw Refused("absolute paths are not allowed; name files relative to your own folder", "absolute_path");
        if (argument.Contains("..", StringComparison.Ordinal))
            throw Refused("'..' is not allowed in arguments", "parent_path");
        if (AttachedPathPattern().IsMatch(argument) || (argument[0] == '-' && argument.Contains('/', StringComparison.Ordinal)))
            throw Refused("a path attached to an option or a word is not allowed", "attached_path");
        if (argument is "-" or "--")
            throw Refused("'-' and '--' alone are not allowed", "option_not_allowed");
        if (argument[0] == '@')
            throw Refused("an argument must not begin with '@'", "argument_characters");
    }

    private static void CheckOperand(string executable, CommandRule rule, string argument, int count)
    {
        if (rule.Operand is null || count > rule.MostOperands || !rule.Operand.IsMatch(argument))
            throw NotAllowed(executable, rule, argument);
    }

    private static void CheckSimpleOption(string argument)
    {
        if (!SimpleOptionPattern().IsMatch(argument))
            throw Refused($"only simple options such as -a or --all are allowed here, not {SkillText.Quote(argument)}", "option_not_allowed");
    }

    private static void CheckValue(string executable, CommandRule rule, string option, string? value)
    {
        if (value is null)
            throw Refused($"the option {option} needs a value", "option_not_allowed");
        if (!rule.Values[option].IsMatch(value))
            throw NotAllowed(executable, rule, $"{option} {value}");
    }

    private static bool TakesNext(CommandRule rule, string argument) => rule.Values.ContainsKey(argument);

    private static bool IsAllowed(string executable, CommandRule rule, string argument)
    {
        if (rule.Options.Contains(argument))
            return true;
        if (argument.StartsWith("--", StringComparison.Ordinal))
        {
            var equals = argument.IndexOf('=', StringComparison.Ordinal);
            return equals > 0 && rule.Values.TryGetValue(argument[..equals], out var pattern) && pattern.IsMatch(argument[(equals + 1)..]);
        }

        return argument.Skip(1).All(rule.Letters.Contains)
            || (rule.Values.TryGetValue(argument[..2], out var attached) && attached.IsMatch(argument[2..]));
    }

    // Whatever may be a file name must not be, or pass through, a link or a device; what does not exist is the program's business.
    private static void CheckWay(string argument, IFileTree tree)
    {
        try
        {
            var path = FilePath.Parse(argument);
            var kind = tree.Look(path).Kind;
            if (kind is EntryKind.Link or EntryKind.Special)
                throw kind == EntryKind.Link ? FileTree.IsLink(path) : FileTree.IsSpecial(path);
        }
        catch (SkillException exception) when (exception.Detail is "not_found" or "not_a_folder")
        {
            // Nothing there.
        }
    }

    private static SkillException NotAllowed(string executable, CommandRule rule, string argument) => Refused(
        $"{executable} is allowed {rule.Allows} here, not {SkillText.Quote(argument)}",
        argument[0] == '-' ? "option_not_allowed" : "operand_not_allowed");

    private static SkillException Refused(string rule, string detail) => SkillException.Refused($"Not run: {rule}.", detail);

    [GeneratedRegex(@"\A-{1,2}[A-Za-z0-9][A-Za-z0-9-]{0,39}\z", RegexOptions.CultureInvariant, 100)]
    private static partial Regex SimpleOptionPattern();

    [GeneratedRegex(@"\A[A-Za-z]:[/\\]?", RegexOptions.CultureInvariant, 100)]
    private static partial Regex DrivePattern();

    [GeneratedRegex("[=:,+@]/|//", RegexOptions.CultureInvariant, 100)]
    private static partial Regex AttachedPathPattern();
}
