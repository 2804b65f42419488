using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Simulator;

/// <summary>
/// Where this process itself listens: the simulator's WAHA is called there over real HTTP, so that nothing of the product's
/// way differs from a WAHA elsewhere.
/// </summary>
internal sealed class SimulatorAddress(IServer server, IHostApplicationLifetime lifetime) : IWahaAddress
{
    private Uri? _root;

    /// <summary>This process's own address, or null before the server listens.</summary>
    public Uri? Root => _root ??= lifetime.ApplicationStarted.IsCancellationRequested ? Choose(ListeningAddresses) : null;

    /// <inheritdoc />
    public Uri? BaseAddress => field ??= Root is { } root ? new Uri(root, "simulator/waha/") : null;

    /// <inheritdoc />
    public string ApiKey { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    /// <summary>Whether <paramref name="host"/> (without a port) is one that the server was told to listen on by name.</summary>
    public bool IsOwnHost(string host) => ListeningAddresses.Any(url =>
        Parse(url) is { } address && !LoopbackHost.IsWildcard(address.Host) && address.Host.Equals(host, StringComparison.OrdinalIgnoreCase));

    private IEnumerable<string> ListeningAddresses => server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];

    /// <summary>The first plain http address (our own certificate may not be one that we trust), wildcards turned into loopback.</summary>
    internal static Uri? Choose(IEnumerable<string> urls) => urls
        .Select(Parse)
        .OfType<BindingAddress>()
        .Where(address => !address.IsUnixPipe && !address.IsNamedPipe)
        .OrderBy(address => address.Scheme == Uri.UriSchemeHttp ? 0 : 1)
        .Select(address => new UriBuilder(address.Scheme, Reachable(address.Host), address.Port).Uri)
        .FirstOrDefault();

    private static string Reachable(string host) => host switch
    {
        "*" or "+" or "0.0.0.0" => "127.0.0.1",
        "[::]" => "[::1]",
        _ => host,
    };

    private static BindingAddress? Parse(string url)
    {
        try
        {
            return BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
