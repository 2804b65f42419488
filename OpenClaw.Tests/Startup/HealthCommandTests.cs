using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Startup;

/// <summary><c>health</c> on the command line, as a container's health check runs it: a second process with the settings of the first.</summary>
public sealed class HealthCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_Gateway_that_is_well_is_healthy_and_one_that_is_gone_is_not()
    {
        await using var gateway = OpenClawProcess.Start("OpenClaw.Gateway", _folder, ("ASPNETCORE_URLS", ProcessSettings.AnyPort));
        await gateway.WaitUntilReadyAsync();

        (await AskAsync("OpenClaw.Gateway", gateway.Url.Port)).ShouldBe((0, "healthy"));

        await gateway.KillAsync();
        (await AskAsync("OpenClaw.Gateway", gateway.Url.Port)).ShouldBe((1, $"no answer from {gateway.Url}health"));
    }

    [Fact]
    public async Task A_Worker_without_Redis_is_degraded_which_is_no_reason_to_replace_it()
    {
        await using var worker = OpenClawProcess.Start(
            "OpenClaw.Worker", _folder,
            [("ASPNETCORE_URLS", ProcessSettings.AnyPort), ("Waha__BaseUrl", "http://127.0.0.1:1"), .. ProcessSettings.Split("127.0.0.1:1")]);
        await worker.WaitUntilReadyAsync();

        (await AskAsync("OpenClaw.Worker", worker.Url.Port)).ShouldBe((0, "degraded: redis"));
    }

    [Fact]
    public async Task What_is_unhealthy_is_named_and_ends_with_one()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var answering = AnswerAsync(server, 503, """{"status":"unhealthy","checks":[{"name":"draining","status":"unhealthy"},{"name":"database","status":"healthy"}]}""");

        (await AskAsync("OpenClaw.Gateway", ((IPEndPoint)server.LocalEndpoint).Port)).ShouldBe((1, "unhealthy: draining"));
        await answering;
    }

    [Fact]
    public async Task Another_program_on_the_port_is_not_taken_for_ours()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        var answering = AnswerAsync(server, 404, "<html>");

        (await AskAsync("OpenClaw.Gateway", ((IPEndPoint)server.LocalEndpoint).Port)).ShouldBe((1, "not an OpenClaw: it answered 404"));
        await answering;
    }

    [Fact]
    public async Task A_port_that_the_system_chooses_cannot_be_asked()
    {
        await using var asked = OpenClawProcess.StartCommand("OpenClaw.Worker", ["health"], _folder, ("ASPNETCORE_URLS", ProcessSettings.AnyPort));

        (await asked.WaitForExitAsync()).ShouldBe(1);
        asked.Output.ShouldHaveSingleItem().ShouldContain("set ASPNETCORE_URLS");
    }

    // As an image has it: every interface.
    private async Task<(int ExitCode, string Line)> AskAsync(string program, int port)
    {
        await using var asked = OpenClawProcess.StartCommand(program, ["health"], _folder, ("ASPNETCORE_URLS", string.Create(CultureInfo.InvariantCulture, $"http://+:{port}")));
        var exitCode = await asked.WaitForExitAsync();
        asked.Errors.ShouldBeEmpty();
        return (exitCode, asked.Output.ShouldHaveSingleItem());
    }

    private static async Task AnswerAsync(TcpListener server, int status, string body)
    {
        using var client = await server.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        while (await reader.ReadLineAsync() is { Length: > 0 })
        {
        }

        await using var writer = new StreamWriter(stream);
        await writer.WriteAsync(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"));
    }
}
