using Microsoft.Extensions.Configuration;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Tests.Startup;

/// <summary>WAHA is where its setting says, else where service discovery says.</summary>
public sealed class DiscoveredSettingsTests
{
    [Theory]
    [InlineData(null, "http://found:3000", null, "http://found:3000")]
    [InlineData(null, null, "https://found:3001", "https://found:3001")]
    [InlineData(null, "http://found:3000", "https://found:3001", "http://found:3000")]
    [InlineData("http://set:3000", "http://found:3000", null, "http://set:3000")]
    [InlineData("", "http://found:3000", null, "")]
    [InlineData(null, " ", null, null)]
    public void A_setting_comes_first_even_an_empty_one(string? set, string? http, string? https, string? used)
    {
        using var configuration = Configuration(("Waha:BaseUrl", set), ("services:waha:http:0", http), ("services:waha:https:0", https));

        DiscoveredSettings.AddTo(configuration);

        configuration["Waha:BaseUrl"].ShouldBe(used);
    }

    [Fact]
    public void Its_source_is_told()
    {
        using var configuration = Configuration(("services:waha:http:0", "http://found:3000"));

        DiscoveredSettings.AddTo(configuration);

        ServedSettings.DifferingFromDefaults(configuration, [new ServedOptions("Waha", typeof(WahaOptions))])
            .ShouldBe([new ChangedSetting("Waha__BaseUrl", "http://found:3000", "service discovery")]);
    }

    private static ConfigurationManager Configuration(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationManager();
        configuration.AddInMemoryCollection(settings.Where(setting => setting.Value is not null).Select(setting => KeyValuePair.Create(setting.Key, setting.Value)));
        return configuration;
    }
}
