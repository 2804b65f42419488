using Microsoft.Extensions.Configuration;

namespace OpenClaw.Core.Configuration;

/// <summary>
/// What service discovery says about WAHA where no setting does. Aspire writes <c>services__waha__http__0=http://localhost:49152</c> for a reference
/// to a resource named <c>waha</c>; that is taken as <c>Waha__BaseUrl</c>. An empty <c>Waha__BaseUrl</c> is a setting: it asks for the simulator.
/// </summary>
internal sealed class DiscoveredSettings : ConfigurationProvider, IConfigurationSource
{
    private const string BaseUrl = "Waha:BaseUrl";
    private static readonly string[] Endpoints = ["services:waha:http:0", "services:waha:https:0"];

    private DiscoveredSettings(string waha) => Data[BaseUrl] = waha;

    /// <summary>Adds it behind the settings that are there.</summary>
    public static void AddTo(IConfigurationManager configuration)
    {
        if (configuration[BaseUrl] is null && Endpoints.Select(key => configuration[key]).FirstOrDefault(static address => !string.IsNullOrWhiteSpace(address)) is { } waha)
            configuration.Add(new DiscoveredSettings(waha));
    }

    public IConfigurationProvider Build(IConfigurationBuilder builder) => this;
}
