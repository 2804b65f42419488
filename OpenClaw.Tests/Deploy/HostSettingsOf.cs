using Microsoft.Extensions.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.Gateway;
using OpenClaw.Worker;

namespace OpenClaw.Tests.Deploy;

/// <summary>Whether a host would start with an environment: everything that it checks before it opens anything.</summary>
internal static class HostSettingsOf
{
    /// <summary>Fails with the host's own sentences.</summary>
    public static async Task ShouldBeAcceptedAsync(string service, IReadOnlyDictionary<string, string> environment)
    {
        var settings = environment.Where(entry => entry.Key.Contains("__", StringComparison.Ordinal))
            .Select(entry => KeyValuePair.Create(entry.Key.Replace("__", ":", StringComparison.Ordinal), (string?)entry.Value)).ToList();
        settings.Count.ShouldBeGreaterThan(5);
        var talk = new StartupTalk(TextWriter.Null);
        await using var host = service == "gateway"
            ? GatewayHost.Build([], talk, builder => builder.Configuration.AddInMemoryCollection(settings))
            : WorkerHost.Build([], talk, builder => builder.Configuration.AddInMemoryCollection(settings));
        host.App.Configuration["ConnectionStrings:redis"].ShouldNotBeNull().ShouldNotContain("$");
    }
}
