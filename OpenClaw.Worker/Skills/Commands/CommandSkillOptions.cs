using System.Globalization;
using Microsoft.Extensions.Options;

namespace OpenClaw.Worker.Skills.Commands;

/// <summary>Which programs <c>run_command</c> may start. Section <c>Skills:Commands</c>.</summary>
internal sealed class CommandSkillOptions
{
    private static readonly string[] ReadOnlyCommands =
        ["cal", "date", "df", "free", "head", "nproc", "tail", "uname", "uptime", "wc", "whoami"];

    /// <summary>
    /// Bare names, for example <c>date</c>. Setting any replaces the default list, so this stays empty until then: the binder would
    /// append to a filled one.
    /// </summary>
    public IList<string> Allowed { get; } = [];

    /// <summary>The names in force, in alphabetical order.</summary>
    public IReadOnlyList<string> InForce() =>
        Allowed.Count == 0 ? ReadOnlyCommands : [.. Allowed.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}

/// <summary>Refuses, before anything starts, names that would hand out more than one program.</summary>
internal sealed class CommandSkillOptionsCheck : IValidateOptions<CommandSkillOptions>
{
    /// <inheritdoc />
    public ValidateOptionsResult Validate(string? name, CommandSkillOptions options)
    {
        var failures = options.Allowed.Select(Problem).OfType<string>().ToArray();
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? Problem(string? executable, int index)
    {
        var key = string.Create(CultureInfo.InvariantCulture, $"Skills__Commands__Allowed__{index}");
        if (string.IsNullOrWhiteSpace(executable))
            return $"{key} is empty. Write the name of one program, for example date, or remove the key.";
        if (!ExecutableName.IsBare(executable))
            return $"{key} is {SkillText.Quote(executable)}. Write the bare name of one program, for example date: no path, no arguments.";

        return RefusedExecutables.ReasonFor(executable) is { } reason
            ? $"{key} is {SkillText.Quote(executable)}, which is never allowed: {reason}. Remove it or write another program."
            : null;
    }
}
