using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.Gateway;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.AppHost.Model;

/// <summary>The settings that a Gateway serves, which are those of a Worker and more.</summary>
internal sealed class ServedByGateway : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ProcessHost _gateway;

    public ServedByGateway() => _gateway = GatewayHost.Build(
        [],
        new StartupTalk(TextWriter.Null),
        builder => builder.Configuration.AddInMemoryCollection([new("urls", ProcessSettings.AnyPort), new("Storage:DataDirectory", _folder.Path)]));

    public IEnumerable<ServedOptions> Options => _gateway.App.Services.GetServices<ServedOptions>();

    public async ValueTask DisposeAsync()
    {
        await _gateway.DisposeAsync();
        _folder.Dispose();
    }
}
