using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Tests.WhatsApp;

public sealed class WahaOptionsTests
{
    [Fact]
    public void Nothing_set_is_valid_and_leaves_the_address_to_the_simulator()
    {
        using var services = Services([]);

        services.GetRequiredService<IOptions<WahaOptions>>().Value.UsesSimulator.ShouldBeTrue();
        services.GetService<IWahaAddress>().ShouldBeNull();
        services.GetServices<ServedOptions>().ShouldContain(new ServedOptions("Waha", typeof(WahaOptions)));
    }

    [Theory]
    [InlineData("http://waha:3000", "http://waha:3000/")]
    [InlineData("https://example.org/waha/", "https://example.org/waha/")]
    public void Address_comes_from_the_settings(string baseUrl, string expected)
    {
        using var services = Services([("BaseUrl", baseUrl), ("ApiKey", "k"), ("WebhookHmacKey", "h"), ("Sessions:0", "sales")]);

        var address = services.GetRequiredService<IWahaAddress>();
        address.BaseAddress.ShouldBe(new Uri(expected));
        address.ApiKey.ShouldBe("k");
        services.GetRequiredService<WahaClient>().ShouldNotBeNull();
        services.GetRequiredService<IOptions<WahaOptions>>().Value.Serves("sales").ShouldBeTrue();
    }

    [Theory]
    [InlineData("Waha__BaseUrl", "BaseUrl", "waha:3000")]
    [InlineData("Waha__BaseUrl", "BaseUrl", "ftp://waha")]
    [InlineData("Waha__BaseUrl", "BaseUrl", "/waha")]
    [InlineData("Waha__BaseUrl", "BaseUrl", "http://user:secret@waha:3000")]
    [InlineData("Waha__BaseUrl", "BaseUrl", "http://waha:3000/?x=1")]
    [InlineData("Waha__Sessions__1", "Sessions:1", " ")]
    [InlineData("Waha__WebhookUrl", "WebhookUrl", "gateway/webhooks")]
    [InlineData("Waha__SessionPollInterval", "SessionPollInterval", "00:00:04")]
    [InlineData("Waha__SessionPollInterval", "SessionPollInterval", "00:10:01")]
    public void Bad_value_is_refused_by_the_name_of_its_key(string named, string key, string value)
    {
        using var services = Services([("BaseUrl", "http://waha:3000"), ("WebhookHmacKey", "h"), ("Sessions:0", "default"), (key, value)]);

        var exception = Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptions<WahaOptions>>().Value);

        exception.Failures.ShouldHaveSingleItem().ShouldStartWith(named);
        exception.Message.ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("http://waha:3000", null, false, false)]
    [InlineData("http://waha:3000", " ", false, false)]
    [InlineData("http://waha:3000", "h", false, true)]
    [InlineData("http://waha:3000", null, true, true)]
    [InlineData(null, null, false, true)]
    public void Who_takes_webhooks_of_a_real_waha_without_a_key_must_have_wished_for_it(string? baseUrl, string? key, bool allowed, bool valid)
    {
        var result = new SignedWebhooksValidator().Validate(null, new WahaOptions { BaseUrl = baseUrl, WebhookHmacKey = key, AllowUnsignedWebhooks = allowed });

        result.Succeeded.ShouldBe(valid);
        (result.FailureMessage ?? "Waha__WebhookHmacKey is missing").ShouldStartWith("Waha__WebhookHmacKey is missing");
    }

    [Fact]
    public void Who_takes_no_webhooks_needs_no_key_for_them()
    {
        using var services = Services([("BaseUrl", "http://waha:3000")]);

        services.GetRequiredService<IOptions<WahaOptions>>().Value.WebhookHmacKey.ShouldBeNull();
    }

    private static ServiceProvider Services(IEnumerable<(string Key, string Value)> settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.GroupBy(pair => pair.Key).Select(group => KeyValuePair.Create<string, string?>("Waha:" + group.Key, group.Last().Value)))
            .Build();
        return new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddLogging().AddWahaClient(configuration).BuildServiceProvider();
    }
}
