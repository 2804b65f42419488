using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Startup;

/// <summary>Gateway and Workers as processes of their own: what they need, what they say, and who may use the same data.</summary>
public sealed class SplitStartTests : IDisposable
{
    private static readonly (string Key, string Value)[] Waha = [("Waha__BaseUrl", "http://127.0.0.1:1"), ("Waha__WebhookHmacKey", "hmac-secret"), ("ASPNETCORE_URLS", ProcessSettings.AnyPort)];

    private readonly TemporaryFolder _folder = new();
    private readonly (string Key, string Value)[] _split = [.. Waha, .. ProcessSettings.Split("127.0.0.1:1,password=redis-secret")];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_worker_of_its_own_without_Redis_says_what_to_run_instead()
    {
        await using var process = Start("OpenClaw.Worker");

        (await process.WaitForRefusalAsync()).ShouldHaveSingleItem().ShouldBe(
            "a Worker of its own needs Redis between it and the Gateway: run OpenClaw.Gateway alone, which answers too, or set ConnectionStrings__redis for the Gateway and all Workers, for example localhost:6379.");
    }

    [Theory]
    [InlineData("OpenClaw.Gateway")]
    [InlineData("OpenClaw.Worker")]
    public async Task What_several_processes_need_is_named_all_at_once(string program)
    {
        await using var process = Start(program, ("ASPNETCORE_URLS", ProcessSettings.AnyPort), ("ConnectionStrings__redis", "localhost"));

        var sentences = await process.WaitForRefusalAsync();

        sentences.Select(sentence => sentence.Split(' ')[0]).ShouldBe(["Waha__BaseUrl", "Security__MasterKeyFile"]);
        File.Exists(Path.Combine(_folder.Path, "data", "master.key")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_worker_says_what_it_serves_and_where_its_health_is()
    {
        await using var worker = Start("OpenClaw.Worker", [.. _split, ("Worker__Concurrency", "7"), ("Access__Owner", "+5511987654321"), ("Worker__Mode", "External"), ("Groups__TriggerWord", "x y")]);
        await worker.WaitUntilReadyAsync();

        var block = worker.Errors;
        block.ShouldContain($"Health      {worker.Url}health");
        block.ShouldContain("Mode        worker of a split system (answers up to 7 chats at once)");
        block.ShouldContain("Redis       127.0.0.1:1\n");
        block.ShouldContain($"Database    SQLite, {Path.Combine(_folder.Path, "data", "openclaw.db")}");
        block.ShouldContain("Model       offline");
        block.ShouldContain("WAHA        http://127.0.0.1:1");
        block.ShouldContain($"Data        {_folder.Path}");
        foreach (var secret in (string[])["redis-secret", "hmac-secret", "987654321", _split.Single(setting => setting.Key == "Security__MasterKey").Value])
            block.ShouldNotContain(secret);
        using var http = new HttpClient { BaseAddress = worker.Url };
        (await http.GetStringAsync(new Uri("alive", UriKind.Relative))).ShouldBe("alive");
        using var health = JsonDocument.Parse(await http.GetStringAsync(new Uri("health", UriKind.Relative)));
        health.RootElement.GetProperty("checks").EnumerateArray().Select(check => check.GetProperty("name").GetString()).ShouldBe(["draining", "background", "consumer", "budgets", "database", "integrations", "memory", "redis"]);

        await worker.TerminateAsync();
        (await worker.WaitForExitAsync()).ShouldBe(0);
        foreach (var line in worker.Output)
            JsonDocument.Parse(line).RootElement.GetProperty("LogLevel").GetString().ShouldNotBeNull();
        worker.Errors.ShouldBe(block);
    }

    [Theory]
    [InlineData("Acces__Owner", "Acces__Owner is not a setting. Did you mean Access__Owner?")]
    [InlineData("Access__Owners", "Access__Owners is not a setting. Did you mean Access__Owner?")]
    [InlineData("Turns__Quiet", "Turns__Quiet is not a setting; unset it.")]
    public async Task A_worker_refuses_what_is_nobodys_setting(string key, string sentence)
    {
        await using var worker = Start("OpenClaw.Worker", [.. _split, (key, "1")]);

        (await worker.WaitForRefusalAsync()).ShouldHaveSingleItem().ShouldStartWith(sentence);
    }

    [Fact]
    public async Task A_worker_does_not_leave_an_address_that_it_was_given()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var worker = Start("OpenClaw.Worker", [.. _split, ("ASPNETCORE_URLS", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"))]);

        (await worker.WaitForRefusalAsync()).ShouldHaveSingleItem().ShouldStartWith($"port {port} is already in use.");
    }

    [Fact]
    public async Task One_Gateway_and_Workers_share_the_data_and_keep_others_out()
    {
        await using var gateway = Start("OpenClaw.Gateway", _split);
        await using var worker = Start("OpenClaw.Worker", _split);
        await gateway.WaitUntilReadyAsync();
        await worker.WaitUntilReadyAsync();
        gateway.Errors.ShouldContain("Mode        gateway of a split system (messages are taken in; Workers answer them)");
        gateway.Errors.ShouldContain("start one OpenClaw.Worker or more");

        await using (var second = Start("OpenClaw.Gateway", _split))
            (await second.WaitForRefusalAsync()).ShouldHaveSingleItem().ShouldStartWith($"Another Gateway already serves the data directory {Path.Combine(_folder.Path, "data")}");
        await using (var alone = Start("OpenClaw.Gateway", [.. Waha]))
            (await alone.WaitForRefusalAsync()).ShouldHaveSingleItem().ShouldStartWith($"Another OpenClaw already uses the data directory {Path.Combine(_folder.Path, "data")}: stop it");

        foreach (var process in (OpenClawProcess[])[gateway, worker])
        {
            await process.TerminateAsync();
            (await process.WaitForExitAsync()).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_Worker_is_refused_while_a_single_process_works_there()
    {
        await using var alone = Start("OpenClaw.Gateway", [.. Waha, _split.Single(setting => setting.Key == "Security__MasterKey")]);
        await alone.WaitUntilReadyAsync();
        await using var worker = Start("OpenClaw.Worker", _split);

        (await worker.WaitForRefusalAsync()).ShouldHaveSingleItem().ShouldContain("for itself, without ConnectionStrings__redis: stop it");
    }

    [Fact]
    public async Task How_the_Gateway_ended_is_the_Gateways_own_knowledge()
    {
        await using (var gateway = Start("OpenClaw.Gateway", _split))
        {
            await gateway.WaitUntilReadyAsync();
            await gateway.KillAsync();
        }

        await using (var worker = Start("OpenClaw.Worker", _split))
        {
            await worker.WaitUntilReadyAsync();
            await worker.TerminateAsync();
            (await worker.WaitForExitAsync()).ShouldBe(0);
            string.Join('\n', worker.Output).ShouldNotContain("did not stop cleanly");
        }

        await using var next = Start("OpenClaw.Gateway", _split);
        await next.WaitUntilLoggedAsync("The last process did not stop cleanly; the database was checked and is intact");
    }

    private OpenClawProcess Start(string program, params (string Key, string Value)[] settings) => OpenClawProcess.Start(program, _folder, settings);
}
