using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway.Simulator;

namespace OpenClaw.Gateway.Admin;

/// <summary>Leaves the address of the running Gateway beside its data, where the command line looks for it.</summary>
internal sealed partial class GatewayAddressFile(IServiceProvider services, IServer server, ILogger<GatewayAddressFile> logger) : IHostedLifecycleService
{
    private const string Name = "gateway.url";

    public static string? Read(DataDirectory directory)
    {
        var file = Path.Combine(directory.Root, Name);
        return File.Exists(file) && Uri.TryCreate(File.ReadAllText(file).Trim(), UriKind.Absolute, out var url) ? url.ToString() : null;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Try(file =>
    {
        if (server.Features.Get<IServerAddressesFeature>()?.Addresses.Select(Reachable).FirstOrDefault(url => url is not null) is { } address)
            File.WriteAllText(file, address + "\n");
    });

    public Task StoppedAsync(CancellationToken cancellationToken) => Try(File.Delete);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A server on all addresses calls itself <c>[::]</c>, which nobody can call.</summary>
    internal static string? Reachable(string address)
    {
        var binding = BindingAddress.Parse(address);
        if (binding.IsUnixPipe || binding.IsNamedPipe)
            return null;
        return LoopbackHost.IsWildcard(binding.Host) ? $"{binding.Scheme}://localhost:{binding.Port}" : address.TrimEnd('/');
    }

    private Task Try(Action<string> action)
    {
        try
        {
            action(Path.Combine(services.GetRequiredService<DataDirectory>().Root, Name));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Log.NotWritten(logger, error);
        }

        return Task.CompletedTask;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The address for the command line could not be written beside the data")]
        public static partial void NotWritten(ILogger logger, Exception error);
    }
}
