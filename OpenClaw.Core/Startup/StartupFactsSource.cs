using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Core.Startup;

/// <summary>What the report of every process says.</summary>
public sealed class StartupFactsSource(
    IServiceProvider services, IServer server, IConfiguration configuration, IEnumerable<ServedOptions> served, Deployment deployment, IOptions<WahaOptions> waha)
{
    /// <summary>Everything but pages, warnings and next steps.</summary>
    /// <param name="mode">What this process is, in words.</param>
    /// <param name="model">Which model it asks, in words.</param>
    public StartupFacts Describe(string mode, string model)
    {
        // Not asked for earlier: a data directory is made when it is.
        var directory = services.GetRequiredService<DataDirectory>();
        return new StartupFacts
        {
            Urls = server.Features.Get<IServerAddressesFeature>()?.Addresses.ToList() ?? [],
            Mode = mode,
            Redis = SplitMode.RedisAddress(configuration),
            Database = deployment.IsSplit || deployment.UsesServer ? deployment.Describe(directory) : null,
            Model = model,
            Waha = waha.Value.UsesSimulator ? "built-in simulator" : waha.Value.BaseUrl!,
            DataDirectory = directory.Root,
            Settings = configuration is IConfigurationRoot root ? ServedSettings.DifferingFromDefaults(root, served) : [],
        };
    }
}
