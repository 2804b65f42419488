using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>
/// Free ports of 127.0.0.1 below the range from which the system gives outgoing connections theirs. A port inside it could be taken by
/// any connection while its server is dead; a client that keeps trying may even be connected to itself.
/// </summary>
internal static class LoopbackPorts
{
    private const int Lowest = 12_000;

    private static readonly Lock Choosing = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>One that nobody listens on and that was not given before.</summary>
    public static IPEndPoint Next()
    {
        var highest = FirstOfOutgoing();
        lock (Choosing)
        {
            while (true)
            {
                var address = new IPEndPoint(IPAddress.Loopback, Random.Shared.Next(Lowest, highest));
                if (!Given.Contains(address.Port) && IsFree(address))
                {
                    Given.Add(address.Port);
                    return address;
                }
            }
        }
    }

    private static bool IsFree(IPEndPoint address)
    {
        try
        {
            using var listener = new TcpListener(address);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FirstOfOutgoing()
    {
        var range = File.ReadAllText("/proc/sys/net/ipv4/ip_local_port_range").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var first = int.Parse(range[0], CultureInfo.InvariantCulture);
        // A machine that gives nearly all ports away leaves no room below them.
        return first > Lowest + 1000 ? first : 65_536;
    }
}
