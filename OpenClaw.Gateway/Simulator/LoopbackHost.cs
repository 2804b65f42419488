using System.Net;

namespace OpenClaw.Gateway.Simulator;

/// <summary>Tells the names of this machine's loopback from every other host.</summary>
internal static class LoopbackHost
{
    /// <param name="host">Without a port; an IPv6 address with or without brackets.</param>
    public static bool Is(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        return IPAddress.TryParse(host.Trim('[', ']'), out var address)
            && IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    /// <summary>Whether a listening address means every interface: <c>*</c>, <c>+</c>, <c>0.0.0.0</c>, <c>[::]</c>.</summary>
    public static bool IsWildcard(string host) =>
        host is "*" or "+" || (IPAddress.TryParse(host.Trim('[', ']'), out var address)
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)));
}
