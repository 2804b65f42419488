using Microsoft.Extensions.DependencyInjection;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>Shows the time it was set to, while timers run as ever: for rules about dates, not about waiting.</summary>
internal sealed class ClockAt(DateTimeOffset now) : TimeProvider
{
    private long _ticks = now.UtcTicks;

    public DateTimeOffset Now
    {
        get => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);
        set => Interlocked.Exchange(ref _ticks, value.UtcTicks);
    }

    public override DateTimeOffset GetUtcNow() => Now;

    /// <summary>In place of the system's clock.</summary>
    public void Register(IServiceCollection services) => services.AddSingleton<TimeProvider>(this);
}
