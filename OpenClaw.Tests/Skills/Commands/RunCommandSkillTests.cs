using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Options;
using OpenClaw.Worker.Skills;
using OpenClaw.Worker.Skills.Commands;

namespace OpenClaw.Tests.Skills.Commands;

public sealed class RunCommandSkillTests : IDisposable
{
    private readonly string _bin = Directory.CreateTempSubdirectory("openclaw-bin-").FullName;
    private readonly List<string> _allowed = [];
    private readonly SkillBench _bench;

    public RunCommandSkillTests()
    {
        _bench = new SkillBench(null, bench => Skill(bench, ExecutableFinder.System, TimeSpan.FromSeconds(30)));
    }

    public void Dispose()
    {
        _bench.Dispose();
        Directory.Delete(_bin, recursive: true);
    }

    [SkippableFact]
    public async Task An_allowed_program_runs_in_the_persons_folder_and_its_code_is_told()
    {
        await AllowAsync("probe", "pwd\necho \"$1|$2\"\necho oops >&2");

        var result = await RunAsync("probe", "um", "dois tres");

        result.ShouldBe(new SkillResult(SkillStatus.Succeeded, $"exit code: 0\n{_bench.Root}\num|dois tres\nerrors:\noops"));
        _bench.Audit.Events.ShouldBe(["started run_command Execute", "finished 7 Succeeded exit_0"]);
        _bench.Audit.ArgumentsJson.ShouldBe("""{"executable":"probe","arguments":["um","dois tres"]}""");
    }

    [Fact]
    public void It_leaves_the_process_and_so_has_a_breaker_of_its_own() =>
        Skill(_bench, ExecutableFinder.System, TimeSpan.FromSeconds(30)).LeavesProcess.ShouldBeTrue();

    [SkippableFact]
    public async Task The_real_date_tells_the_date()
    {
        Skip.If(OperatingSystem.IsWindows(), "No date program.");
        _allowed.Add("date");

        (await RunAsync("date", "-u", "+%Y")).Text.ShouldMatch(@"\Aexit code: 0\n20\d\d\z");
        (await _bench.RunAsync("run_command", ("executable", "date"))).Status.ShouldBe(SkillStatus.Succeeded);
    }

    [SkippableFact]
    public async Task Another_exit_code_is_a_failure_with_its_output()
    {
        await AllowAsync("probe", "echo partly; exit 3");

        (await RunAsync("probe")).ShouldBe(new SkillResult(SkillStatus.Failed, "exit code: 3\npartly"));
        _bench.Audit.Events[^1].ShouldBe("finished 7 Failed exit_3");
    }

    [SkippableFact]
    public async Task The_environment_is_empty_and_the_input_closed()
    {
        await AllowAsync("probe", "/bin/cat /proc/$$/environ | /usr/bin/wc -c\nread line; echo \"read: $?\"");
        Skip.IfNot(OperatingSystem.IsLinux(), "Reads /proc.");

        (await RunAsync("probe")).Text.ShouldBe("exit code: 0\n0\nread: 1");
    }

    [Theory]
    [InlineData("bash", "it is a shell")]
    [InlineData("date; rm -rf /", "is not allowed")]
    [InlineData("date|sh", "is not allowed")]
    [InlineData("$(date)", "is not allowed")]
    [InlineData("`date`", "is not allowed")]
    [InlineData("/bin/date", "is not allowed")]
    [InlineData("../date", "is not allowed")]
    [InlineData("date\nid", "is not allowed")]
    [InlineData("DATE", "is not allowed")]
    [InlineData("", "is not allowed")]
    [InlineData("uptime", "Allowed programs: date")]
    public async Task What_is_not_on_the_list_is_not_started(string executable, string sentence)
    {
        _allowed.Add("date");

        var result = await _bench.RunAsync("run_command", ("executable", executable));

        result.Status.ShouldBe(SkillStatus.Refused);
        result.Text.ShouldContain(sentence);
        result.Text.ShouldNotContain("\n");
        _bench.Audit.Events[^1].ShouldBe("finished 7 Refused not_allowed");
    }

    [SkippableFact]
    public async Task A_refused_argument_says_the_rule()
    {
        await AllowAsync("date", "echo started > started");

        var result = await RunAsync("date", "-u; id");

        result.Status.ShouldBe(SkillStatus.Refused);
        result.Text.ShouldContain("no shell reads the command");
        File.Exists(Path.Combine(_bench.Root, "started")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_program_that_is_not_installed_is_told_politely()
    {
        _allowed.Add("frobnicate");

        (await RunAsync("frobnicate")).ShouldBe(
            new SkillResult(SkillStatus.Failed, "The program frobnicate is allowed, but not installed on this machine."));
    }

    [SkippableFact]
    public async Task A_file_that_cannot_be_started_is_told_without_its_path()
    {
        await AllowAsync("probe", "exit 0");
        var path = Path.Combine(_bin, "probe");
        await File.WriteAllTextAsync(path, "#!/nowhere/interpreter\n");
        await Eventually.IsTrueAsync(() => !Starts(path, out var error) && error != 26);

        var withSession = await RunAsync("probe");
        using var plain = new SkillBench(null, bench => Skill(bench, new ExecutableFinder(), TimeSpan.FromSeconds(30)));
        var withoutSession = await plain.RunAsync("run_command", ("executable", "probe"));

        withSession.ShouldBe(new SkillResult(SkillStatus.Failed, "The program probe could not be started."));
        withoutSession.ShouldBe(withSession);
    }

    [SkippableFact]
    public async Task A_link_to_a_shell_is_found_out()
    {
        Skip.If(OperatingSystem.IsWindows(), "No links to shells.");
        File.CreateSymbolicLink(Path.Combine(_bin, "report"), "/bin/bash");
        File.WriteAllText(Path.Combine(_bin, "plain"), "not executable");
        _allowed.AddRange(["report", "plain"]);

        (await RunAsync("report")).Text.ShouldContain("it is a shell");
        (await RunAsync("plain")).Text.ShouldContain("not installed");
    }

    [SkippableFact]
    public async Task Much_output_on_both_sides_is_drained_and_cut()
    {
        await AllowAsync("probe", "/usr/bin/head -c 300000 /dev/zero | /usr/bin/tr '\\0' e >&2\n/usr/bin/head -c 300000 /dev/zero | /usr/bin/tr '\\0' o");

        var result = await RunAsync("probe");

        result.Status.ShouldBe(SkillStatus.Succeeded);
        result.Text.ShouldStartWith("exit code: 0\nooo");
        result.Text.Length.ShouldBeLessThanOrEqualTo(12_000);
        result.Text.ShouldContain("characters left out]");
    }

    [SkippableFact]
    public async Task A_program_that_never_stops_writing_is_stopped()
    {
        await AllowAsync("probe", "exec /usr/bin/yes");

        var result = await RunAsync("probe");

        result.Status.ShouldBe(SkillStatus.Failed);
        result.Text.ShouldStartWith("stopped, because it wrote too much\ny\ny\n");
        _bench.Audit.Events[^1].ShouldBe("finished 7 Failed output_limit");
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancelling_kills_the_grandchildren_too(bool withSession)
    {
        await AllowAsync("probe", "/bin/sh -c 'echo $$ > grandchild.tmp; /bin/mv grandchild.tmp grandchild; exec /bin/sleep 600' &\nwait");
        using var bench = new SkillBench(null, bench => Skill(bench, withSession ? ExecutableFinder.System : new ExecutableFinder(), TimeSpan.FromSeconds(60)));
        using var turn = new CancellationTokenSource();

        var running = bench.RunAsync("run_command", turn.Token, ("executable", "probe"));
        var grandchild = await PidAsync(bench);
        await turn.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => running);
        await Eventually.IsTrueAsync(() => IsGone(grandchild));
        bench.Audit.Events[^1].ShouldBe("finished 7 Failed cancelled");
    }

    [SkippableFact]
    public async Task A_time_out_kills_the_grandchildren_too()
    {
        await AllowAsync("probe", "/bin/sh -c 'echo $$ > grandchild.tmp; /bin/mv grandchild.tmp grandchild; exec /bin/sleep 600' &\nwait");
        var time = new HandTime();
        using var bench = new SkillBench(time, bench => Skill(bench, ExecutableFinder.System, TimeSpan.FromSeconds(10)));

        var running = bench.RunAsync("run_command", ("executable", "probe"));
        var grandchild = await PidAsync(bench);
        time.Advance(TimeSpan.FromSeconds(10));

        (await running).Status.ShouldBe(SkillStatus.TimedOut);
        await Eventually.IsTrueAsync(() => IsGone(grandchild));
        bench.Audit.Events[^1].ShouldBe("finished 7 TimedOut timeout");
    }

    [SkippableFact]
    public async Task An_orphan_left_in_the_background_dies_with_the_command_and_does_not_hold_it_up()
    {
        await AllowAsync("probe", "/bin/sh -c 'echo $$ > grandchild.tmp; /bin/mv grandchild.tmp grandchild; exec /bin/sleep 600' &\n"
            + "while [ ! -e grandchild ]; do :; done\necho done");

        var result = await RunAsync("probe");

        result.ShouldBe(new SkillResult(SkillStatus.Succeeded, "exit code: 0\ndone"));
        var grandchild = await PidAsync(_bench);
        await Eventually.IsTrueAsync(() => IsGone(grandchild));
    }

    [SkippableFact]
    public async Task Output_is_shown_without_control_characters()
    {
        await AllowAsync("probe", "printf 'a\\033[31mb\\r\\n\\tc\\0d'");

        (await RunAsync("probe")).Text.ShouldBe("exit code: 0\na[31mb\n\tcd");
    }

    private Task<SkillResult> RunAsync(string executable, params string[] arguments) =>
        _bench.RunAsync("run_command", ("executable", executable), ("arguments", arguments));

    private RunCommandSkill Skill(SkillBench bench, ExecutableFinder system, TimeSpan timeout)
    {
        var options = new CommandSkillOptions();
        foreach (var name in _allowed)
            options.Allowed.Add(name);
        return new RunCommandSkill(
            Options.Create(options), bench.Files, new ExecutableFinder(_bin, "/usr/bin", "/bin"), new ProcessRunner(system, bench.Time))
        { Timeout = timeout };
    }

    // A process forked by another test may still hold the script open for writing; until it has gone on, starting the script fails.
    private async Task AllowAsync(string name, string script)
    {
        Skip.If(OperatingSystem.IsWindows(), "Shell scripts stand in for programs.");
        _allowed.Add(name);
        var path = Path.Combine(_bin, name);
        await File.WriteAllTextAsync(path, $"#!/bin/sh\n[ \"$1\" = try-to-start ] && exit 0\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Eventually.IsTrueAsync(() => Starts(path, out _));
    }

    private static bool Starts(string path, out int error)
    {
        try
        {
            using var process = Process.Start(path, ["try-to-start"]);
            process.WaitForExit();
            error = 0;
            return true;
        }
        catch (Win32Exception exception)
        {
            error = exception.NativeErrorCode;
            return false;
        }
    }

    private static async Task<int> PidAsync(SkillBench bench)
    {
        var path = Path.Combine(bench.Root, "grandchild");
        await Eventually.IsTrueAsync(() => File.Exists(path));
        return int.Parse(await File.ReadAllTextAsync(path), CultureInfo.InvariantCulture);
    }

    // A killed process whose new parent does not collect it stays visible as a zombie.
    private static bool IsGone(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }
}
