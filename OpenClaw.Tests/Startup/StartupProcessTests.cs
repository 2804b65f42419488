using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Startup;

/// <summary>The start and the end of the real process: what people read, what a service manager sees.</summary>
public sealed class StartupProcessTests : IDisposable
{
    private const string AnyPort = "http://127.0.0.1:0";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_start_without_settings_ends_with_one_block_and_a_stop_with_zero()
    {
        await using var process = Gateway(("ASPNETCORE_URLS", AnyPort));
        await process.WaitUntilReadyAsync();

        var block = process.Errors;
        foreach (var phase in (string[])["… reading the settings", "… opening the data directory", "… opening the database", "… opening the keys", "… starting to listen"])
            block.ShouldContain(phase);
        block.ShouldContain($"Address     {process.Url}".TrimEnd('/'));
        block.ShouldContain($"Simulator   {process.Url}simulator");
        block.ShouldContain("Mode        all-in-one");
        block.ShouldContain("Model       offline");
        block.ShouldContain("WAHA        built-in simulator");
        block.ShouldContain($"Data        {_folder.Path}");
        block.ShouldContain($"open {process.Url}simulator");
        block.ShouldNotContain("Warning");
        using var http = new HttpClient { BaseAddress = process.Url };
        (await http.GetAsync(new Uri("health", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await http.GetAsync(new Uri("simulator", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.OK);

        await process.TerminateAsync();
        (await process.WaitForExitAsync()).ShouldBe(0);
        foreach (var line in process.Output)
            JsonDocument.Parse(line).RootElement.GetProperty("LogLevel").GetString().ShouldNotBeNull();
        process.Errors.ShouldBe(block);
    }

    [Fact]
    public async Task The_block_shows_what_differs_with_secrets_and_numbers_masked()
    {
        await using var process = Gateway(
            ("ASPNETCORE_URLS", AnyPort), ("Waha__BaseUrl", "http://127.0.0.1:1"), ("Waha__ApiKey", "waha-secret-1"), ("Waha__WebhookHmacKey", "hmac-secret-2"),
            ("Ai__Main__Provider", "OpenAI"), ("Ai__Main__Endpoint", "http://127.0.0.1:2/v1"), ("Ai__Main__ApiKey", "model-secret-3"), ("Ai__Main__Model", "small-one"),
            ("Access__Owner", "+5511987654321"), ("Turns__MaxAttempts", "3"));
        await process.WaitUntilReadyAsync();

        await process.TerminateAsync();
        (await process.WaitForExitAsync()).ShouldBe(0);
        process.Errors.ShouldContain("Turns__MaxAttempts = 3 (environment variable)");
        process.Errors.ShouldContain("Waha__ApiKey = (set, hidden) (environment variable)");
        process.Errors.ShouldContain("WAHA        http://127.0.0.1:1");
        process.Errors.ShouldContain("point WAHA's webhook at ");
        process.Errors.ShouldNotContain("/simulator");
        var everything = process.Errors + string.Join('\n', process.Output);
        foreach (var secret in (string[])["waha-secret-1", "hmac-secret-2", "model-secret-3", "11987654321"])
            everything.ShouldNotContain(secret);
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { "Waha__BaseUri=http://x", "Waha__BaseUri is not a setting. Did you mean Waha__BaseUrl?" },
        { "Worker__Concurrency=many", "Worker__Concurrency cannot be \"many\"." },
        { "Turns__QuietPeriod=00:01:00", "Turns__QuietPeriod must be between 00:00:00 and 00:00:05" },
        { "Access__Mode=Pairing", "Access__Mode=Pairing is not served yet by this version; write Open or Allowlist." },
        { "ConnectionStrings__openclaw=Host=db", "ConnectionStrings__openclaw must name a server and a database" },
        { "Storage__DataDirectory=/proc/openclaw", "The data directory /proc/openclaw cannot be written" },
        { "Waha__BaseUrl=http://127.0.0.1:1", "Waha__WebhookHmacKey is missing" },
        { "ASPNETCORE_URLS=http://0.0.0.0:0", "No WAHA is configured, so the simulator would answer anybody who reaches http://0.0.0.0:0" },
        { "ASPNETCORE_URLS=http://0.0.0.0:0;Waha__BaseUrl=http://127.0.0.1:1;Waha__AllowUnsignedWebhooks=true", "Waha__AllowUnsignedWebhooks=true on http://0.0.0.0:0 would let anybody" },
        { "Security__MasterKey=short", "Security__MasterKey must be 32 bytes in base64" },
        { "Skills__Commands__Allowed__0=bash", "Skills__Commands__Allowed__0 is" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_ends_the_start_with_one_sentence_that_says_what_to_change(string settings, string sentence)
    {
        await using var process = Gateway([("ASPNETCORE_URLS", AnyPort), .. settings.Split(';').Select(setting => (setting[..setting.IndexOf('=')], setting[(setting.IndexOf('=') + 1)..]))]);

        await ShouldRefuseAsync(process, sentence);
        File.Exists(Path.Combine(_folder.Path, "data", "keys.db")).ShouldBeFalse("nothing is opened before that");
    }

    [Fact]
    public async Task A_busy_port_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using var process = Gateway(("ASPNETCORE_URLS", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}")));

        await ShouldRefuseAsync(process, $"port {port} is already in use. Stop what listens there, or set ASPNETCORE_URLS to another address");

        string.Join('\n', process.Output).ShouldNotContain("Critical");
        await using var next = Gateway(("ASPNETCORE_URLS", AnyPort));
        await next.WaitUntilReadyAsync();
        await next.TerminateAsync();
        (await next.WaitForExitAsync()).ShouldBe(0);
        string.Join('\n', next.Output).ShouldNotContain("did not stop cleanly");
    }

    [Fact]
    public async Task A_second_process_on_the_same_data_is_refused_and_the_first_goes_on()
    {
        await using var first = Gateway(("ASPNETCORE_URLS", AnyPort));
        await first.WaitUntilReadyAsync();
        await using var second = Gateway(("ASPNETCORE_URLS", AnyPort));

        await ShouldRefuseAsync(second, $"Another OpenClaw already uses the data directory {Path.Combine(_folder.Path, "data")}");

        using var http = new HttpClient();
        (await http.GetAsync(new Uri(first.Url, "health"))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Without_the_key_that_it_was_started_with_the_data_stays_closed()
    {
        await using (var first = Gateway(("ASPNETCORE_URLS", AnyPort)))
        {
            await first.WaitUntilReadyAsync();
            await first.TerminateAsync();
            (await first.WaitForExitAsync()).ShouldBe(0);
        }

        var other = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());
        await using (var wrong = Gateway(("ASPNETCORE_URLS", AnyPort), ("Security__MasterKey", other)))
        {
            await ShouldRefuseAsync(wrong, "The master key does not open the stored keys");
            wrong.Errors.ShouldNotContain(other);
        }

        File.Delete(Path.Combine(_folder.Path, "data", "master.key"));
        await using var lost = Gateway(("ASPNETCORE_URLS", AnyPort));
        await ShouldRefuseAsync(lost, "master.key is missing but");
    }

    [Fact]
    public async Task The_simulator_is_open_to_others_when_that_is_asked_for_by_name()
    {
        await using var process = Gateway(("ASPNETCORE_URLS", "http://0.0.0.0:0"), ("Simulator__AllowPublic", "true"));

        await process.WaitUntilReadyAsync();

        process.Errors.ShouldContain("Warning     the simulator may be opened to everybody who reaches this address (Simulator__AllowPublic)");
    }

    private OpenClawProcess Gateway(params (string Key, string Value)[] settings) => OpenClawProcess.Start("OpenClaw.Gateway", _folder, settings);

    private static async Task ShouldRefuseAsync(OpenClawProcess process, string sentence) =>
        (await process.WaitForRefusalAsync()).ShouldHaveSingleItem().ShouldContain(sentence);
}
