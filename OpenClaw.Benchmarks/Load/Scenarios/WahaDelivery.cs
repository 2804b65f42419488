using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>Delivers a webhook as WAHA does by default: the same bytes, up to 15 retries, 2 s apart, until a 2xx.</summary>
internal sealed class WahaDelivery(IPEndPoint gateway) : IDisposable
{
    private const int Retries = 15;

    private static readonly TimeSpan Gap = TimeSpan.FromSeconds(2);

    private readonly ConcurrentBag<HttpConnection> _idle = [];

    /// <summary>Returns when the message is acknowledged or given up.</summary>
    public async Task DeliverAsync(TrackedMessage message, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        for (var tries = 0; tries <= Retries; tries++)
        {
            if (tries > 0)
            {
                await Task.Delay(Gap, cancellationToken);
            }

            message.Tries++;
            if (await TryOnceAsync(message, request, cancellationToken))
            {
                message.AcknowledgedAt = Stopwatch.GetTimestamp();
                return;
            }
        }
    }

    public void Dispose()
    {
        foreach (var connection in _idle)
        {
            connection.Dispose();
        }
    }

    private async Task<bool> TryOnceAsync(TrackedMessage message, ReadOnlyMemory<byte> request, CancellationToken cancellationToken)
    {
        if (!_idle.TryTake(out var connection))
        {
            connection = new HttpConnection(gateway);
        }

        var sentAt = Stopwatch.GetTimestamp();
        try
        {
            return await connection.SendAsync(request, cancellationToken) is >= 200 and < 300;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
        finally
        {
            if (connection.RequestWritten)
            {
                message.ReachedAt = Math.Min(message.ReachedAt, sentAt);
            }

            _idle.Add(connection);
        }
    }
}
