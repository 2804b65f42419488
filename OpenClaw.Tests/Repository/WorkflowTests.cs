using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpenClaw.Tests.Deploy;

namespace OpenClaw.Tests.Repository;

/// <summary>What GitHub runs cannot be run here; what it is told can be read.</summary>
public sealed partial class WorkflowTests
{
    [Fact]
    public void Every_workflow_says_what_it_is_and_when_it_runs()
    {
        foreach (var workflow in Workflow.All)
        {
            workflow.Root.Text("name").ShouldNotBeNullOrEmpty(workflow.Name);
            workflow.Root.At("on").ShouldNotBeNull(workflow.Name);
            workflow.Jobs.ShouldNotBeEmpty(workflow.Name);
        }
    }

    [Fact]
    public void Every_action_is_pinned_to_a_commit_and_names_its_version()
    {
        var called = Workflow.All.SelectMany(workflow => workflow.Uses).ToList();

        called.ShouldNotBeEmpty();
        called.Where(action => !action.StartsWith("./", StringComparison.Ordinal)).ShouldAllBe(action => Pinned().IsMatch(action));
        called.Distinct(StringComparer.Ordinal).GroupBy(action => action.Split('@')[0], StringComparer.Ordinal).ShouldAllBe(action => action.Count() == 1, "one version of each action");
    }

    [Fact]
    public void Every_job_has_a_time_limit_and_only_the_rights_that_it_names()
    {
        foreach (var workflow in Workflow.All)
        {
            workflow.Root.At("permissions").ShouldBeOfType<JsonObject>(workflow.Name).ShouldBeEmpty(workflow.Name);
            foreach (var (name, job) in workflow.Jobs)
            {
                job.At("permissions").ShouldBeOfType<JsonObject>(name);
                // What calls a workflow takes the limits of the jobs in there.
                if (job.Text("uses") is null)
                    int.Parse(job.Text("timeout-minutes") ?? "0", System.Globalization.CultureInfo.InvariantCulture).ShouldBeInRange(1, 60, name);
            }
        }
    }

    [Fact]
    public void Only_a_release_may_write() =>
        Workflow.All.SelectMany(workflow => workflow.Jobs)
            .Where(job => job.Body.Map("permissions").Any(right => right.Value!.ToString() != "read"))
            .Select(job => job.Name).ShouldBe(["release.yml: images", "release.yml: notes"], ignoreOrder: true);

    [Fact]
    public void What_strangers_send_runs_without_secrets_and_no_checkout_leaves_its_token_behind()
    {
        foreach (var workflow in Workflow.All)
        {
            workflow.Root.At("on", "pull_request_target").ShouldBeNull(workflow.Name);
            workflow.Root.At("on", "workflow_run").ShouldBeNull(workflow.Name);
            workflow.Text.ShouldNotContain("secrets.", Case.Insensitive, workflow.Name);
            foreach (var checkout in workflow.Steps.Where(step => step.Text("uses")?.StartsWith("actions/checkout@", StringComparison.Ordinal) == true))
                checkout.Text("with", "persist-credentials").ShouldBe("false", workflow.Name, StringCompareShould.IgnoreCase);
        }
    }

    // A title of a pull request or a branch's name in a script would be run as a part of it.
    [Fact]
    public void No_script_is_put_together_from_what_others_choose() =>
        Workflow.All.SelectMany(workflow => workflow.Steps).Select(step => step.Text("run") ?? "").ShouldAllBe(script => !script.Contains("${{ github.", StringComparison.Ordinal));

    [Fact]
    public void Every_file_that_a_workflow_names_is_there()
    {
        var named = Workflow.All.SelectMany(workflow => workflow.Paths.Select(path => (workflow.Name, Path: path))).ToList();

        named.Select(entry => entry.Path).ShouldContain(".ci/run");
        named.Where(entry => !Path.Exists(SourceTree.File(entry.Path))).ShouldBeEmpty();
    }

    [Fact]
    public void The_folders_whose_tests_run_on_Windows_are_there()
    {
        var folders = Workflow.All.SelectMany(workflow => workflow.Steps).Select(step => step.Text("env", "FOLDERS")).OfType<string>().ShouldHaveSingleItem().Split(' ');

        folders.ShouldAllBe(folder => Directory.Exists(SourceTree.File("OpenClaw.Tests", folder)));
    }

    [Fact]
    public void Every_image_that_is_built_is_a_target_of_the_Dockerfile()
    {
        var targets = Workflow.All.SelectMany(workflow => workflow.Jobs).Where(job => job.Body.At("strategy", "matrix", "target") is not null)
            .Select(job => job.Body.List("strategy", "matrix", "target").Select(target => target.ToString()).ToArray()).ToList();
        var stages = Stage().Matches(File.ReadAllText(SourceTree.File("deploy", "images", "Dockerfile"))).Select(match => match.Groups["name"].Value).ToList();

        targets.Count.ShouldBe(2);
        targets[0].ShouldBe(targets[1], "what is tried is what is released");
        targets[0].ShouldBeSubsetOf(stages);
    }

    [Fact]
    public void Every_folder_that_is_watched_for_new_versions_is_there()
    {
        var watched = YamlFile.Read(SourceTree.File(".github", "dependabot.yml")).ShouldHaveSingleItem().List("updates").ToList();

        watched.Select(entry => entry.Text("package-ecosystem")).ShouldBe(["nuget", "npm", "github-actions", "docker", "docker-compose"], ignoreOrder: true);
        watched.Select(entry => entry.Text("directory")!.Trim('/')).ShouldAllBe(folder => Directory.Exists(SourceTree.File(folder)));
    }

    [Fact]
    public void Every_script_of_CI_can_be_started()
    {
        foreach (var script in Directory.GetFiles(SourceTree.File(".ci")))
        {
            if (!OperatingSystem.IsWindows())
                File.GetUnixFileMode(script).HasFlag(UnixFileMode.UserExecute).ShouldBeTrue(script);
            File.ReadLines(script).First().ShouldBe("#!/usr/bin/env bash", script);
        }
    }

    [GeneratedRegex(@"^[\w.-]+(?:/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Pinned();

    [GeneratedRegex(@"^FROM .* AS (?<name>[\w-]+)\s*$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Stage();
}
