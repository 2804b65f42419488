using System.Runtime.InteropServices;
using Microsoft.Extensions.Hosting;

namespace OpenClaw.ServiceDefaults.Shutdown;

/// <summary>
/// The first SIGTERM or SIGINT asks for a clean stop, which takes its time; a second one ends the process at once, with the exit code that the
/// signal would have had (143, 130). What was acknowledged is committed, and whoever comes next resumes from there.
/// </summary>
internal sealed class SecondSignal : IHostedService, IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _signals;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Count(128 + 15)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, _ => Count(128 + 2)));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registrations.ForEach(static registration => registration.Dispose());

    // Counted here: whether the host has begun to stop says nothing, because its own handler may run before this one.
    private void Count(int exitCode)
    {
        if (Interlocked.Increment(ref _signals) < 2)
            return;
        Console.Error.WriteLine("OpenClaw was asked to stop twice and ends at once; the next start goes on from the last commit.");
        Environment.Exit(exitCode);
    }
}
