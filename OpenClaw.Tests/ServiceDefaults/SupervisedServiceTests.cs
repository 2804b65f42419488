using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.ServiceDefaults;
using OpenClaw.ServiceDefaults.Background;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.ServiceDefaults;

/// <summary>A loop that an exception ends is started again, and said to be broken when that does not help.</summary>
public sealed class SupervisedServiceTests : IAsyncDisposable
{
    /// <summary>Longer than the first pause, the second, the third.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(1.2), TimeSpan.FromSeconds(2.4), TimeSpan.FromSeconds(4.8)];

    private readonly ManualTimeProvider _time = new();
    private readonly CapturedLogs _logs = new();
    private readonly IHost _host;
    private readonly Loop _loop;
    private bool _isDisposed;

    public SupervisedServiceTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddServiceDefaults();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(_time);
        builder.Services.AddSupervised<Loop>().AddSupervised<Loop>();
        _host = builder.Build();
        _host.Services.GetRequiredService<ILoggerFactory>().AddProvider(_logs);
        _loop = _host.Services.GetRequiredService<Loop>();
    }

    public async ValueTask DisposeAsync()
    {
        // A test may have disposed it.
        if (!_isDisposed)
            await _host.StopAsync();
        _host.Dispose();
        _logs.Dispose();
    }

    [Fact]
    public async Task A_loop_that_fails_is_started_again_and_logged_once_with_its_name()
    {
        await _host.StartAsync();
        await _loop.RunsAsync(1);

        await FailAsync();
        _time.Advance(Pauses[0]);
        await _loop.RunsAsync(2);

        _logs.Lines.Count(line => line.StartsWith("Error", StringComparison.Ordinal)).ShouldBe(1);
        _logs.Lines.ShouldContain(line => line.Contains("Background service Loop ended with an error", StringComparison.Ordinal));
        (await BackgroundAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task Pauses_grow_with_each_failure_in_a_row()
    {
        await _host.StartAsync();
        await _loop.RunsAsync(1);
        await FailAsync();
        _time.Advance(Pauses[0]);
        await _loop.RunsAsync(2);

        await FailAsync();
        _time.Advance(Pauses[0]);
        _loop.Runs.ShouldBe(2);
        _time.Advance(Pauses[1] - Pauses[0]);

        await _loop.RunsAsync(3);
    }

    [Fact]
    public async Task Three_failures_in_a_row_make_the_process_unhealthy_until_the_loop_has_run_for_a_while()
    {
        await _host.StartAsync();
        await FailThriceAsync();

        var broken = await BackgroundAsync();
        _time.Advance(Pauses[2]);
        await _loop.RunsAsync(4);
        // The pause may have been 1.6 s shorter than the time that was let pass for it.
        _time.Advance(SupervisedService.WellAfter - TimeSpan.FromSeconds(2));
        var running = await BackgroundAsync();
        _time.Advance(TimeSpan.FromSeconds(10));

        broken.Status.ShouldBe(HealthStatus.Unhealthy);
        broken.Description.ShouldBe("Loop ended 3 times in a row and is started again; the log says why");
        running.Status.ShouldBe(HealthStatus.Unhealthy);
        (await BackgroundAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_failure_after_a_good_while_is_a_first_one()
    {
        await _host.StartAsync();
        await FailThriceAsync();
        _time.Advance(Pauses[2]);
        await _loop.RunsAsync(4);

        _time.Advance(SupervisedService.WellAfter);
        await FailAsync();
        var health = await BackgroundAsync();
        _time.Advance(Pauses[0]);
        await _loop.RunsAsync(5);

        health.Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_cancellation_that_nobody_asked_for_is_a_failure()
    {
        await _host.StartAsync();
        await _loop.RunsAsync(1);

        await FailAsync(new TaskCanceledException());
        _time.Advance(Pauses[0]);

        await _loop.RunsAsync(2);
    }

    [Fact]
    public async Task Stopping_the_process_is_no_failure()
    {
        await _host.StartAsync();
        await _loop.RunsAsync(1);

        await _host.StopAsync();

        _loop.Ended.ShouldBeTrue();
        _loop.Runs.ShouldBe(1);
        (await BackgroundAsync()).Status.ShouldBe(HealthStatus.Healthy);
        _logs.Lines.ShouldNotContain(line => line.Contains("ended with an error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_process_that_stops_starts_nothing_again()
    {
        await _host.StartAsync();
        await _loop.RunsAsync(1);
        await FailAsync();

        await _host.StopAsync();
        _time.Advance(TimeSpan.FromMinutes(5));

        _loop.Runs.ShouldBe(1);
    }

    [Fact]
    public async Task A_host_that_is_disposed_without_a_stop_ends_the_loop_without_a_failure()
    {
        await _host.StartAsync();
        await _loop.RunsAsync(1);
        var supervision = _host.Services.GetRequiredService<SupervisedServices>().All.Single().Supervision;

        _host.Dispose();
        _isDisposed = true;
        await supervision.WaitAsync(TimeSpan.FromMinutes(1));

        _loop.Runs.ShouldBe(1);
        _logs.Lines.ShouldNotContain(line => line.Contains("ended with an error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_loop_that_returns_has_done_its_work()
    {
        await _host.StartAsync();
        await _loop.RunsAsync(1);

        _loop.Return();
        await _host.Services.GetRequiredService<SupervisedServices>().All.Single().Supervision.WaitAsync(TimeSpan.FromMinutes(1));
        _time.Advance(TimeSpan.FromMinutes(5));

        _loop.Runs.ShouldBe(1);
    }

    private async Task FailThriceAsync()
    {
        await _loop.RunsAsync(1);
        await FailAsync();
        _time.Advance(Pauses[0]);
        await _loop.RunsAsync(2);
        await FailAsync();
        _time.Advance(Pauses[1]);
        await _loop.RunsAsync(3);
        await FailAsync();
    }

    /// <summary>Ends the loop's run, and waits until the supervisor waits for the next one.</summary>
    private async Task FailAsync(Exception? error = null)
    {
        _loop.Fail(error ?? new InvalidOperationException("planted"));
        await _time.WhenTimersAsync();
    }

    private async Task<HealthReportEntry> BackgroundAsync() =>
        (await _host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync()).Entries["background"];

    internal sealed class Loop : BackgroundService
    {
        private readonly SemaphoreSlim _begun = new(0);
        private TaskCompletionSource _end = new();
        private int _seen;

        public int Runs { get; private set; }

        public bool Ended { get; private set; }

        public async Task RunsAsync(int count)
        {
            for (; _seen < count; _seen++)
                (await _begun.WaitAsync(TimeSpan.FromMinutes(1))).ShouldBeTrue();
        }

        public void Fail(Exception error) => _end.SetException(error);

        public void Return() => _end.SetResult();

        public override void Dispose()
        {
            _begun.Dispose();
            base.Dispose();
        }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            _end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Runs++;
            _begun.Release();
            try
            {
                await _end.Task.WaitAsync(stoppingToken);
            }
            finally
            {
                Ended = true;
            }
        }
    }
}
