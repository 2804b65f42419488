using System.Net.Sockets;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>Asks a server whether it serves already, over a connection that it keeps while it is asked.</summary>
internal interface IReadinessProbe : IDisposable
{
    /// <exception cref="SocketException">Nobody listens.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    Task<bool> IsReadyAsync(CancellationToken cancellationToken);
}
