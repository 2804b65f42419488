using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Simulator;

namespace OpenClaw.Tests.Simulator;

public sealed class SimulatorAddressTests
{
    [Theory]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080/")]
    [InlineData("http://localhost:5080", "http://localhost:5080/")]
    [InlineData("http://0.0.0.0:5080", "http://127.0.0.1:5080/")]
    [InlineData("http://[::]:5080", "http://[::1]:5080/")]
    [InlineData("http://*:5080", "http://127.0.0.1:5080/")]
    [InlineData("http://+:5080", "http://127.0.0.1:5080/")]
    [InlineData("https://localhost:5443;http://[::1]:5080", "http://[::1]:5080/")]
    [InlineData("https://localhost:5443", "https://localhost:5443/")]
    [InlineData("nonsense;http://unix:/tmp/x.sock", null)]
    [InlineData("", null)]
    public void Own_address_is_one_that_this_process_can_call(string urls, string? expected)
    {
        SimulatorAddress.Choose(urls.Split(';'))?.ToString().ShouldBe(expected);
    }

    [Fact]
    public async Task Address_is_known_once_the_server_listens()
    {
        await using var host = await SimulatorHost.StartAsync(url: "http://[::]:0", settings: [("Simulator:AllowPublic", "true")]);
        var address = host.Services.GetRequiredService<IWahaAddress>();

        address.BaseAddress!.ToString().ShouldMatch(@"^http://\[::1\]:\d+/simulator/waha/$");
        address.ApiKey!.Length.ShouldBe(64);
        (await host.NextAsync("session.status")).Payload.GetProperty("status").GetString().ShouldBe("WORKING");
    }

    [Fact]
    public async Task Host_that_the_server_was_told_to_listen_on_by_name_is_its_own()
    {
        await using var host = await SimulatorHost.StartAsync(url: "http://127.0.0.1:0");
        var address = host.Services.GetRequiredService<SimulatorAddress>();

        address.IsOwnHost("127.0.0.1").ShouldBeTrue();
        address.IsOwnHost("evil.example").ShouldBeFalse();
    }

    [Fact]
    public void Key_is_the_configured_text_or_generated_or_explicitly_none()
    {
        new WebhookKey(new WahaOptions { WebhookHmacKey = "segredo" }).Current.ShouldBe("segredo"u8.ToArray());
        new WebhookKey(new WahaOptions()).Current.ShouldNotBe(new WebhookKey(new WahaOptions()).Current);
        new WebhookKey(new WahaOptions { BaseUrl = "http://waha:3000", AllowUnsignedWebhooks = true }).Current.ShouldBeEmpty();
        Should.Throw<InvalidOperationException>(() => new WebhookKey(new WahaOptions { BaseUrl = "http://waha:3000" }))
            .Message.ShouldContain("Waha__WebhookHmacKey");
    }
}
