using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace OpenClaw.Core.Startup;

/// <summary>A process of the system as a whole: prepared, started, run, stopped. Tests do the same with it in their own process.</summary>
/// <param name="app">Built, with an <see cref="IProcessStart"/> of its own.</param>
/// <param name="talk">Where the start is told.</param>
public sealed class ProcessHost(WebApplication app, StartupTalk talk) : IAsyncDisposable
{
    private readonly IProcessStart _start = app.Services.GetRequiredService<IProcessStart>();

    /// <summary>The host itself.</summary>
    public WebApplication App => app;

    /// <summary>Prepares, listens, and tells that it is ready.</summary>
    /// <exception cref="Configuration.StartupException">Something must be changed first.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _start.PrepareAsync(app, talk, cancellationToken);
        talk.Phase("starting to listen");
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            // The server starts last: what already works in the background ends in order, and the next start need not look for damage.
            await StopAsync(CancellationToken.None);
            throw;
        }

        talk.Ready(_start.Facts());
    }

    /// <summary>Starts, and ends when the process is asked to.</summary>
    public async Task RunAsync()
    {
        await StartAsync();
        await app.WaitForShutdownAsync();
        await _start.FinishAsync();
    }

    /// <summary>A clean stop, as SIGTERM makes it.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        app.Lifetime.StopApplication();
        await app.StopAsync(cancellationToken);
        await _start.FinishAsync();
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => app.DisposeAsync();
}
