using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace OpenClaw.Core.Configuration;

/// <summary>Listens on the first free port from a default one on. A look beforehand would not do: of two processes that start together both find it free.</summary>
internal static class NextFreePort
{
    private const int MostTried = 1000;

    public static void UseNextFreePort(this IWebHostBuilder host, int first) => host
        .UseUrls("http://127.0.0.1:0")
        .ConfigureServices(services => services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = endpoint => Listen(endpoint, first)));

    private static Socket Listen(EndPoint endpoint, int first)
    {
        if (endpoint is not IPEndPoint { Port: 0 } any)
            return SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        for (var port = first; ; port++)
        {
            var socket = new Socket(any.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(any.Address, port));
                // Two sockets may be bound to a port until one of them listens.
                socket.Listen();
                return socket;
            }
            catch (SocketException error) when (error.SocketErrorCode == SocketError.AddressAlreadyInUse && port < Math.Min(first + MostTried, ushort.MaxValue))
            {
                socket.Dispose();
            }
        }
    }
}
