using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenClaw.ServiceDefaults;
using OpenClaw.ServiceDefaults.Shutdown;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.ServiceDefaults;

/// <summary>A server that was asked to stop still listens for a moment, so that those who ask it find that out.</summary>
public sealed class DrainWindowTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Nothing_is_stopped_before_the_window_has_passed()
    {
        var server = new Server();
        using var host = Build(server);
        await host.StartAsync();

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        var stopping = host.StopAsync();
        await _time.WhenTimersAsync();
        server.IsStopped.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        await stopping;

        server.IsStopped.ShouldBeTrue();
    }

    [Fact]
    public async Task A_drain_that_takes_longer_is_the_window()
    {
        var server = new Server();
        using var host = Build(server, new Drain(() => _time.Advance(TimeSpan.FromSeconds(1))));
        await host.StartAsync();

        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await host.StopAsync();

        server.IsStopped.ShouldBeTrue();
    }

    [Fact]
    public async Task A_host_that_never_listened_has_none()
    {
        using var host = Build(new Server { Fails = true });

        await Should.ThrowAsync<InvalidOperationException>(() => host.StartAsync());
        host.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        await host.StopAsync();
    }

    private IHost Build(params IHostedService[] services)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddDrainWindow();
        foreach (var service in services)
            builder.Services.AddSingleton(service);
        return builder.Build();
    }

    private sealed class Server : IHostedService
    {
        public bool Fails { get; init; }

        public bool IsStopped { get; private set; }

        public Task StartAsync(CancellationToken cancellationToken) => Fails ? throw new InvalidOperationException("no port") : Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken)
        {
            IsStopped = true;
            return Task.CompletedTask;
        }
    }

    private sealed class Drain(Action work) : IHostedLifecycleService
    {
        public Task StoppingAsync(CancellationToken cancellationToken)
        {
            work();
            return Task.CompletedTask;
        }

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
