using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Gateway.Simulator;

namespace OpenClaw.Tests.Simulator;

public sealed class SimulatorGuardTests : IAsyncLifetime
{
    private const string Message = """{"person":"ana","text":"oi"}""";
    private SimulatorHost _host = null!;

    public async Task InitializeAsync() => _host = await SimulatorHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    public static TheoryData<string, string> EveryRoute => new()
    {
        { "GET", "/simulator" },
        { "GET", "/simulator/assets/simulator.js" },
        { "GET", "/simulator/events?person=ana" },
        { "POST", "/simulator/messages" },
        { "POST", "/simulator/resend" },
        { "GET", "/simulator/waha/ping" },
        { "GET", "/simulator/waha/api/sessions" },
        { "POST", "/simulator/waha/api/sendText" },
        { "PUT", "/simulator/waha/api/reaction" },
        { "DELETE", "/simulator/waha/api/anything" },
    };

    [Theory]
    [MemberData(nameof(EveryRoute))]
    public async Task Name_that_is_not_this_machines_is_refused_on_every_route(string method, string path)
    {
        (await StatusAsync(method, path, ("Host", "evil.example"))).ShouldBe(403);
        (await StatusAsync(method, path, ("Host", "localhost.evil.example:80"))).ShouldBe(403);
        (await StatusAsync(method, path, ("Host", "0.0.0.0"))).ShouldBe(403);
    }

    [Theory]
    [MemberData(nameof(EveryRoute))]
    public async Task Other_origin_is_refused_on_every_route(string method, string path)
    {
        (await StatusAsync(method, path, ("Origin", "http://evil.example"))).ShouldBe(403);
        (await StatusAsync(method, path, ("Origin", "null"))).ShouldBe(403);
        (await StatusAsync(method, path, ("Origin", "http://127.0.0.1:1"))).ShouldBe(403);
        (await StatusAsync(method, path, ("Sec-Fetch-Site", "cross-site"))).ShouldBe(403);
        (await StatusAsync(method, path, ("Sec-Fetch-Site", "same-site"))).ShouldBe(403);
    }

    [Theory]
    [InlineData("POST", "/simulator/messages", "text/plain")]
    [InlineData("POST", "/simulator/messages", "application/x-www-form-urlencoded")]
    [InlineData("POST", "/simulator/messages", "application/jsonp")]
    [InlineData("POST", "/simulator/messages", "application/json; charset=utf-16")]
    [InlineData("POST", "/simulator/messages", "")]
    [InlineData("POST", "/simulator/resend", "text/plain")]
    [InlineData("POST", "/simulator/waha/api/sendText", "text/plain")]
    [InlineData("PUT", "/simulator/waha/api/reaction", "multipart/form-data; boundary=x")]
    public async Task Body_of_another_type_is_unsupported(string method, string path, string contentType)
    {
        (await StatusAsync(method, path, ("Content-Type", contentType))).ShouldBe(415);
        _host.Waha.ChatOf("ana")!.Messages().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON; charset=\"UTF-8\"")]
    public async Task Json_from_the_page_itself_is_taken(string contentType)
    {
        var origin = _host.Root.GetLeftPart(UriPartial.Authority);

        (await StatusAsync("POST", "/simulator/messages", ("Content-Type", contentType), ("Origin", origin), ("Sec-Fetch-Site", "same-origin")))
            .ShouldBe(201);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("openclaw.localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("127.8.8.8")]
    [InlineData("[::1]")]
    public async Task Names_of_loopback_are_served(string host)
    {
        (await StatusAsync("GET", "/simulator", ("Host", $"{host}:{_host.Root.Port}"), ("Sec-Fetch-Site", "none"))).ShouldBe(200);
        (await StatusAsync("POST", "/simulator/messages", ("Host", host), ("Origin", $"http://{host}"))).ShouldBe(201);
    }

    [Fact]
    public async Task Link_on_another_site_opens_the_page_and_nothing_else()
    {
        (string, string)[] followed = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document")];

        (await StatusAsync("GET", "/simulator", followed)).ShouldBe(200);
        (await StatusAsync("GET", "/simulator/events?person=ana", followed)).ShouldBe(403);
        (await StatusAsync("POST", "/simulator/messages", followed)).ShouldBe(403);
        (await StatusAsync("GET", "/simulator", ("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"))).ShouldBe(403);
    }

    [Fact]
    public async Task Public_simulator_serves_any_name_but_still_no_other_origin()
    {
        await using var open = await SimulatorHost.StartAsync(settings: [("Simulator:AllowPublic", "true")]);

        (await StatusAsync(open, "GET", "/simulator", ("Host", "bot.example"))).ShouldBe(200);
        (await StatusAsync(open, "POST", "/simulator/messages", ("Host", "bot.example"), ("Origin", "https://bot.example"))).ShouldBe(201);
        (await StatusAsync(open, "POST", "/simulator/messages", ("Host", "bot.example"), ("Origin", "https://evil.example"))).ShouldBe(403);
        (await StatusAsync(open, "POST", "/simulator/messages", ("Host", "bot.example"), ("Content-Type", "text/plain"))).ShouldBe(415);
    }

    [Theory]
    [InlineData("""{"person":"ana","text":"oi"}""", 201)]
    [InlineData("""{"person":"ANA","text":"oi","more":1}""", 201)]
    [InlineData("""{"person":"eve","text":"oi"}""", 404)]
    [InlineData("""{"text":"oi"}""", 404)]
    [InlineData("""{"person":"ana","text":" \n "}""", 400)]
    [InlineData("""{"person":"ana"}""", 400)]
    [InlineData("""{"person":["ana"]}""", 400)]
    [InlineData("""{"person":"ana","text":"\udc00"}""", 400)]
    [InlineData("{", 400)]
    [InlineData("", 400)]
    [InlineData("null", 400)]
    public async Task Page_api_answers_every_body_with_its_code(string body, int status)
    {
        using var response = await _host.Browser.PostAsync("simulator/messages", body.AsJson());

        ((int)response.StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData("{", 400)]
    [InlineData("""{"person":"eve"}""", 404)]
    [InlineData("{}", 404)]
    public async Task Resend_answers_every_body_with_its_code(string body, int status)
    {
        using var response = await _host.Browser.PostAsync("simulator/resend", body.AsJson());

        ((int)response.StatusCode).ShouldBe(status);
    }

    [Theory]
    [InlineData("GET", "/simulator/waha/api/%ED%A0%80/lids/%00")]
    [InlineData("GET", "/simulator/waha/api/default/lids/%F0%9F%98%80%ED%A0%80")]
    [InlineData("GET", "/simulator/waha/api/default/chats/%2F..%2F/messages?limit=%ED%A0%80")]
    [InlineData("GET", "/simulator/waha/api/sessions/%22%3C%5C")]
    [InlineData("GET", "/simulator/waha/%ED%A0%80/..;/x?%%%")]
    [InlineData("GET", "/simulator?person=%ED%A0%80&person=ana")]
    [InlineData("GET", "/simulator/events?person=%00&person=%ED%A0%80")]
    [InlineData("GET", "/simulator/assets/%ED%A0%80")]
    [InlineData("GET", "/simulator/messages")]
    [InlineData("PUT", "/simulator/waha/api/sendText")]
    public async Task Strange_address_never_becomes_a_server_error(string method, string path)
    {
        using var socket = new System.Net.Sockets.TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _host.Root.Port);
        await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
            $"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nX-Api-Key: {_host.Services.GetRequiredService<SimulatorAddress>().ApiKey}\r\nConnection: close\r\n\r\n"));
        var answer = new byte[12];
        await socket.GetStream().ReadExactlyAsync(answer);

        Encoding.ASCII.GetString(answer).ShouldMatch("^HTTP/1.1 [24]");
    }

    [Fact]
    public async Task Text_over_the_limit_is_too_large()
    {
        using var response = await _host.SendAsync("ana", new string('a', 70_000));

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Request_cut_in_the_middle_leaves_the_simulator_working()
    {
        using (var socket = new System.Net.Sockets.TcpClient())
        {
            await socket.ConnectAsync(IPAddress.Loopback, _host.Root.Port);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                "POST /simulator/messages HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n"));
            var answer = new byte[12];
            await socket.GetStream().ReadExactlyAsync(answer);
            Encoding.ASCII.GetString(answer).ShouldBe("HTTP/1.1 400");
        }

        using var response = await _host.SendAsync("ana", "oi");
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Theory]
    [InlineData("http://localhost:5080", false)]
    [InlineData("http://127.0.0.1:5080;http://[::1]:5080", false)]
    [InlineData("https://openclaw.localhost:5443", false)]
    [InlineData("http://unix:/tmp/openclaw.sock", false)]
    [InlineData("nonsense", false)]
    [InlineData("http://0.0.0.0:5080", true)]
    [InlineData("http://*:5080", true)]
    [InlineData("http://+:5080", true)]
    [InlineData("http://[::]:5080", true)]
    [InlineData("http://192.168.1.5:5080", true)]
    [InlineData("http://box.example:5080", true)]
    [InlineData("http://localhost:5080;http://0.0.0.0:5081", true)]
    public void Public_address_is_refused_by_a_sentence_that_names_the_setting(string urls, bool refused)
    {
        var sentence = SimulatorExposure.Verify([urls], new SimulatorOptions());

        (sentence is not null).ShouldBe(refused);
        if (refused)
            sentence!.ShouldContain("Simulator__AllowPublic=true");
        SimulatorExposure.Verify([urls], new SimulatorOptions { AllowPublic = true }).ShouldBeNull();
    }

    private Task<int> StatusAsync(string method, string path, params (string Name, string Value)[] headers) =>
        StatusAsync(_host, method, path, headers);

    private static async Task<int> StatusAsync(SimulatorHost host, string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(host.Root, path));
        if (method != "GET")
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Message));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type")
            {
                request.Content!.Headers.Remove(name);
                if (value.Length > 0)
                    request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await host.Browser.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return (int)response.StatusCode;
    }
}
