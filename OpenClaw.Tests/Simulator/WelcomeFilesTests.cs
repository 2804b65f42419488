using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.People;
using OpenClaw.Core.Startup;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Simulator.Waha;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Tests.Simulator;

/// <summary>The people of the simulator find a first file in their folder, once.</summary>
public sealed class WelcomeFilesTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("openclaw-welcome-").FullName;
    private ProcessHost _gateway = null!;

    public Task InitializeAsync()
    {
        _gateway = GatewayHost.Build([], new StartupTalk(TextWriter.Null), builder => builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal) { ["Storage:DataDirectory"] = _data, ["Logging:LogLevel:Default"] = "None" }));
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Theory]
    [InlineData("ana", "bem-vindo.txt", "Oi, Ana!", "leia bem-vindo.txt")]
    [InlineData("bob", "welcome.txt", "Hi Bob", "read welcome.txt")]
    public async Task First_file_speaks_the_persons_language(string key, string name, string greeting, string advice)
    {
        var root = RootFor(await PersonAsync(SimulatedPerson.All.Single(person => person.Key == key).Phone));

        Directory.GetFiles(root).Select(Path.GetFileName).ShouldBe([name]);
        var text = await File.ReadAllTextAsync(Path.Combine(root, name));
        text.ShouldStartWith(greeting);
        text.ShouldContain(advice);
        text.ShouldContain($"files/{Path.GetFileName(root)} ");
    }

    [Fact]
    public async Task Deleted_file_does_not_come_back()
    {
        var ana = await PersonAsync(SimulatedPerson.All[0].Phone);
        File.Delete(Path.Combine(RootFor(ana), "bem-vindo.txt"));

        Directory.GetFiles(RootFor(ana)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_else_gets_one() => Directory.GetFiles(RootFor(await PersonAsync("5511987654321"))).ShouldBeEmpty();

    private string RootFor(PersonRecord person) => _gateway.App.Services.GetRequiredService<IPersonFiles>().RootFor(person.Scope);

    private Task<PersonRecord> PersonAsync(string phone) => _gateway.App.Services.GetRequiredService<PeopleDirectory>()
        .EnsureAsync(new SenderIdentity(phone, null), "pt-BR", "America/Sao_Paulo", CancellationToken.None);
}
