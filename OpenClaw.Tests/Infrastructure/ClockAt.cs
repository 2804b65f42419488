using Microsoft.Extensions.DependencyInjection;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>
/// Goes on from the time it was set to, for rules about dates. It never stands still: what the product puts off by a second after a
/// busy machine's hiccup would otherwise wait for ever.
/// </summary>
internal sealed class ClockAt(DateTimeOffset now) : TimeProvider
{
    private long _offset = (now - System.GetUtcNow()).Ticks;

    public DateTimeOffset Now
    {
        get => System.GetUtcNow().AddTicks(Interlocked.Read(ref _offset));
        set => Interlocked.Exchange(ref _offset, (value - System.GetUtcNow()).Ticks);
    }

    public override DateTimeOffset GetUtcNow() => Now;

    /// <summary>In place of the system's clock.</summary>
    public void Register(IServiceCollection services) => services.AddSingleton<TimeProvider>(this);
}
