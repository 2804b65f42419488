using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Security;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Security;

public sealed class MasterKeySourceTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly ScratchFolder _folder = new();
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    private string GeneratedFile => _folder.File("data/master.key");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_a_setting_a_key_is_generated_that_only_its_owner_can_read()
    {
        using (var core = Start())
            _ = core.Keys;

        var text = File.ReadAllText(GeneratedFile);
        Convert.FromBase64String(text.Trim()).Length.ShouldBe(32);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(GeneratedFile).ShouldBe(OwnerOnly);
        using (var again = Start())
            _ = again.Keys;
        File.ReadAllText(GeneratedFile).ShouldBe(text);
    }

    [Fact]
    public async Task Processes_that_start_together_agree_on_one_generated_key()
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var starts = Enumerable.Range(0, 8).Select(async _ =>
        {
            await start.Task;
            using var core = Start();
            var maria = await core.PersonAsync("5511999990000");
            return (maria.Person, maria.Key, Blind: Convert.ToHexString(core.Keys.Blind("kind", "value")));
        }).ToList();
        start.SetResult();

        (await Task.WhenAll(starts)).Distinct().Count().ShouldBe(1);
        Directory.EnumerateFiles(_folder.File("data"), "master.key*").ShouldBe([GeneratedFile]);
    }

    [Fact]
    public void A_missing_generated_key_is_not_replaced_beside_stored_keys()
    {
        using (var core = Start())
            _ = core.Keys;
        File.Delete(GeneratedFile);

        using var again = Start();

        Should.Throw<StartupException>(() => again.Keys).Message.ShouldContain("master.key is missing");
        File.Exists(GeneratedFile).ShouldBeFalse();
    }

    [Fact]
    public async Task The_key_may_come_from_the_environment_a_file_or_a_command()
    {
        var file = WriteKeyFile(_key + "\n", OwnerOnly);
        using (var core = Start(("Security:MasterKey", _key)))
            await core.PersonAsync("5511999990000");

        foreach (var source in new[] { ("Security:MasterKeyFile", file), ("Security:MasterKeyCommand", "cat " + file) })
        {
            using var again = Start(source);
            (await again.People.FindAsync(new Core.People.SenderIdentity("5511999990000", null), CancellationToken.None)).ShouldNotBeNull();
        }

        File.Exists(GeneratedFile).ShouldBeFalse();
    }

    [Fact]
    public void Another_master_key_than_the_one_that_wrapped_the_keys_ends_the_start_with_a_sentence()
    {
        using (var core = Start(("Security:MasterKey", _key)))
            _ = core.Keys;

        using var again = Start(("Security:MasterKey", Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))));

        Should.Throw<StartupException>(() => again.Keys).Message.ShouldContain("The master key does not open the stored keys");
    }

    [Fact]
    public void A_key_file_that_others_can_read_is_refused_with_the_command_that_mends_it()
    {
        var file = WriteKeyFile(_key, OwnerOnly | UnixFileMode.GroupRead);

        Refusal(("Security:MasterKeyFile", file)).ShouldContain("chmod 600 " + file);
    }

    [Fact]
    public void A_key_file_that_is_missing_or_holds_no_key_is_refused_by_name()
    {
        Refusal(("Security:MasterKeyFile", _folder.File("nowhere"))).ShouldContain("Security__MasterKeyFile");
        Refusal(("Security:MasterKeyFile", WriteKeyFile("too short", OwnerOnly))).ShouldContain("Security__MasterKeyFile must hold 32 bytes in base64");
    }

    [Theory]
    [InlineData("false", "exit code 1")]
    [InlineData("echo short", "must hold 32 bytes in base64")]
    [InlineData("/no/such/command --key", "'/no/such/command' cannot be started")]
    public void A_command_that_gives_no_key_is_refused_with_the_reason(string command, string reason)
    {
        var sentence = Refusal(("Security:MasterKeyCommand", command));

        sentence.ShouldContain("Security__MasterKeyCommand");
        sentence.ShouldContain(reason);
    }

    [Fact]
    public void A_command_that_hangs_is_ended_and_refused()
    {
        using var core = Start();
        var source = new MasterKeySource(Options.Create(new SecurityOptions { MasterKeyCommand = "sleep 600" }), core.Get<Core.Storage.DataDirectory>())
        {
            CommandPatience = TimeSpan.FromMilliseconds(100),
        };

        Should.Throw<StartupException>(() => source.Load()).Message.ShouldContain("Security__MasterKeyCommand did not end within");
    }

    [Fact]
    public void A_command_whose_child_keeps_the_output_open_is_refused_too()
    {
        using var core = Start();
        var script = _folder.File("key.sh");
        File.WriteAllText(script, "sleep 600 &\necho $! > " + _folder.File("pid") + "\necho " + _key + "\n");
        var source = new MasterKeySource(Options.Create(new SecurityOptions { MasterKeyCommand = "sh " + script }), core.Get<Core.Storage.DataDirectory>())
        {
            CommandPatience = TimeSpan.FromSeconds(2),
        };

        Should.Throw<StartupException>(() => source.Load()).Message.ShouldContain("did not end within");

        using var child = System.Diagnostics.Process.GetProcessById(int.Parse(File.ReadAllText(_folder.File("pid")), System.Globalization.CultureInfo.InvariantCulture));
        child.Kill();
    }

    [Fact]
    public void Two_sources_or_a_text_that_is_no_key_are_refused_by_the_settings_check()
    {
        var validator = new SecurityOptionsValidator();

        validator.Validate(null, new SecurityOptions { MasterKey = _key, MasterKeyFile = "file" }).FailureMessage!.ShouldContain("Set only one of");
        validator.Validate(null, new SecurityOptions { MasterKey = "short" }).FailureMessage!.ShouldContain("Security__MasterKey must be 32 bytes in base64");
        validator.Validate(null, new SecurityOptions { MasterKey = Convert.ToBase64String(new byte[33]) }).Failed.ShouldBeTrue();
        validator.Validate(null, new SecurityOptions { MasterKey = _key }).Succeeded.ShouldBeTrue();
        validator.Validate(null, new SecurityOptions()).Succeeded.ShouldBeTrue();
    }

    private string WriteKeyFile(string text, UnixFileMode mode)
    {
        var file = _folder.File("key-" + Guid.NewGuid().ToString("N"));
        File.WriteAllText(file, text);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, mode);
        return file;
    }

    private string Refusal((string Key, string Value) setting)
    {
        using var core = Start(setting);
        return Should.Throw<StartupException>(() => core.Get<MasterKey>()).Message;
    }

    private CoreProcess Start(params (string Key, string Value)[] settings) => new(_folder.Root, TimeProvider.System, settings);
}
