using System.Collections.Frozen;
using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Integrations;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Worker.Skills.Commands;

/// <summary>
/// <c>run_command</c>: one allowed program with checked arguments, in the person's folder:
/// <code>
/// exit code: 0
/// Sun Nov 22 10:51:03 UTC 2026
/// </code>
/// followed by <c>errors:</c> and standard error where there is any. An exit code other than 0 is <see cref="SkillStatus.Failed"/>.
/// </summary>
internal sealed class RunCommandSkill(
    IOptions<CommandSkillOptions> options, IPersonFiles files, ExecutableFinder finder, ProcessRunner runner) : ISkill
{
    /// <summary>The function's name.</summary>
    public const string Name = "run_command";

    /// <summary>A call that changes something runs at most once: nobody repeats it.</summary>
    public static CallPolicy Policy { get; } = new(IntegrationKind.Skill, [new(Name, TimeSpan.FromSeconds(10))], []);

    private readonly IReadOnlyList<string> _names = options.Value.InForce();
    private readonly FrozenSet<string> _allowed = options.Value.InForce().ToFrozenSet(StringComparer.Ordinal);

    /// <inheritdoc />
    public AIFunction Function => field ??= SkillFunction.Create(
        RunAsync, Name, $"Runs one program of this list, without a shell: {string.Join(", ", _names)}. Files are relative to the person's own folder.");

    /// <inheritdoc />
    public SkillEffect Effect => SkillEffect.Execute;

    /// <inheritdoc />
    public TimeSpan Timeout { get; init; } = Policy.Timeouts[0].Limit;

    /// <inheritdoc />
    public bool LeavesProcess => true;

    /// <inheritdoc />
    public int OutputLimit => 12_000;

    private async Task<SkillOutput> RunAsync(
        SkillContext context,
        [Description("Bare name of the program, for example date.")] string executable,
        [Description("Its arguments, one text each, for example [\"-u\"].")] string[]? arguments = null,
        CancellationToken cancellationToken = default)
    {
        var path = Resolve(executable);
        var root = files.RootFor(context.Person);
        arguments ??= [];
        ArgumentCheck.Check(executable, arguments, FileTree.At(root));
        try
        {
            return Told(await runner.RunAsync(path, arguments, root, cancellationToken));
        }
        catch (Win32Exception)
        {
            throw SkillException.Failed($"The program {executable} could not be started.", "not_started");
        }
    }

    private string Resolve(string executable)
    {
        if (!_allowed.Contains(executable))
        {
            var reason = ExecutableName.IsBare(executable) ? RefusedExecutables.ReasonFor(executable) : null;
            throw SkillException.Refused(
                $"Not run: {SkillText.Quote(executable)} is not allowed{(reason is null ? "" : $" ({reason})")}. Allowed programs: {string.Join(", ", _names)}.",
                "not_allowed");
        }

        var path = finder.Find(executable)
            ?? throw SkillException.Failed($"The program {executable} is allowed, but not installed on this machine.", "not_installed");
        if (ExecutableFinder.ReasonAgainst(path) is { } against)
            throw SkillException.Refused($"Not run: {executable} is another program in disguise, and {against}.", "link_to_refused");
        return path;
    }

    private static SkillOutput Told(ProcessOutcome outcome)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"exit code: {outcome.ExitCode}");
        if (outcome.WasStopped)
            text = "stopped, because it wrote too much";
        if (outcome.Output.Length > 0)
            text += "\n" + outcome.Output;
        if (outcome.IsCut)
            text += "\n[output cut]";
        if (outcome.Errors.Length > 0)
            text += "\nerrors:\n" + outcome.Errors;

        if (outcome.WasStopped)
            return new(text, "output_limit", SkillStatus.Failed);
        return new(text, string.Create(CultureInfo.InvariantCulture, $"exit_{outcome.ExitCode}"),
            outcome.ExitCode == 0 ? SkillStatus.Succeeded : SkillStatus.Failed);
    }
}
