using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Worker.Skills;
using OpenClaw.Worker.Skills.Commands;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Tests.Skills.Commands;

public sealed class CommandSkillOptionsTests
{
    [Fact]
    public void Nothing_set_means_a_small_harmless_list_that_passes_its_own_check()
    {
        var allowed = Bound().InForce();

        allowed.ShouldContain("date");
        allowed.ShouldContain("uptime");
        allowed.Where(name => RefusedExecutables.ReasonFor(name) is not null || !ExecutableName.IsBare(name)).ShouldBeEmpty();
        allowed.Where(name => CommandRules.For(name) == CommandRules.Unknown).ShouldBeEmpty();
    }

    [Fact]
    public void Setting_any_replaces_the_list() => Bound("uptime", "date", "date").InForce().ShouldBe(["date", "uptime"]);

    [Theory]
    [InlineData("sh", "shell")]
    [InlineData("bash", "shell")]
    [InlineData("BASH", "shell")]
    [InlineData("cmd.exe", "shell")]
    [InlineData("env", "starts other programs")]
    [InlineData("xargs", "starts other programs")]
    [InlineData("sudo", "starts other programs")]
    [InlineData("nohup", "starts other programs")]
    [InlineData("timeout", "starts other programs")]
    [InlineData("busybox", "starts other programs")]
    [InlineData("ld-linux-x86-64.so.2", "starts other programs")]
    [InlineData("find", "can start other programs")]
    [InlineData("awk", "can start other programs")]
    [InlineData("sed", "can start other programs")]
    [InlineData("git", "can start other programs")]
    [InlineData("gcc-12", "can start other programs")]
    [InlineData("perl", "runs code")]
    [InlineData("perl5.36", "runs code")]
    [InlineData("python", "runs code")]
    [InlineData("python3", "runs code")]
    [InlineData("python3.11", "runs code")]
    [InlineData("node", "runs code")]
    [InlineData("report.sh", "runs code")]
    [InlineData("npm", "installs software")]
    [InlineData("apt-get", "installs software")]
    [InlineData("curl", "can send data out")]
    [InlineData("ssh", "can send data out")]
    [InlineData("rm", "changes or deletes")]
    [InlineData("mkfs.ext4", "controls the machine")]
    [InlineData("docker", "controls the machine")]
    public void A_program_that_hands_out_others_stops_the_start_with_the_reason(string name, string reason)
    {
        var failure = Should.Throw<OptionsValidationException>(() => Bound("date", name)).Message;

        failure.ShouldContain("Skills__Commands__Allowed__1");
        failure.ShouldContain(reason);
        failure.ShouldContain("never allowed");
    }

    [Theory]
    [InlineData("/bin/date")]
    [InlineData("./date")]
    [InlineData("../date")]
    [InlineData("date -u")]
    [InlineData("date;id")]
    [InlineData("date\n")]
    [InlineData("-date")]
    [InlineData("$(date)")]
    [InlineData(@"bin\date")]
    [InlineData("dáte")]
    public void A_name_that_is_not_bare_stops_the_start(string name) =>
        Should.Throw<OptionsValidationException>(() => Bound(name)).Message.ShouldContain("Skills__Commands__Allowed__0 is \"");

    [Fact]
    public void An_empty_name_stops_the_start() =>
        Should.Throw<OptionsValidationException>(() => Bound(" ")).Message.ShouldContain("Skills__Commands__Allowed__0 is empty. Write");

    [Fact]
    public void All_skills_are_registered_and_their_section_is_served()
    {
        using var services = Services([]);

        services.GetRequiredService<SkillCatalog>().Names.ShouldBe(["get_current_time", "list_files", "read_file", "run_command", "search_files"]);
        services.GetRequiredService<SkillExecutor>().ShouldNotBeNull();
        services.GetServices<ServedOptions>().ShouldContain(new ServedOptions("Skills:Commands", typeof(CommandSkillOptions)));
        services.GetServices<ISkill>().ShouldAllBe(skill => skill.Timeout > TimeSpan.Zero && skill.OutputLimit > 0 && skill.Function.Description.Length > 10);
        services.GetServices<ISkill>().Where(skill => skill.Effect != SkillEffect.Read).Select(skill => skill.Function.Name).ShouldBe(["run_command"]);
    }

    private static CommandSkillOptions Bound(params string[] allowed)
    {
        using var services = Services(allowed);
        return services.GetRequiredService<IOptions<CommandSkillOptions>>().Value;
    }

    private static ServiceProvider Services(string[] allowed)
    {
        var settings = allowed.Select((name, index) => KeyValuePair.Create($"Skills:Commands:Allowed:{index}", (string?)name));
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddLogging()
            .AddSingleton<ISkillAudit>(new RecordingAudit())
            .AddSingleton<IPersonFiles>(new PersonFiles(Path.Combine(Path.GetTempPath(), "openclaw-unused")))
            .AddSkillSettings().AddSkills()
            .BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
    }
}
