namespace OpenClaw.Tests.Infrastructure;

/// <summary>For what gives no signal: looks again and again.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);

    /// <exception cref="OperationCanceledException">It was not so in time.</exception>
    public static async Task TrueAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period);
        while (!condition())
            await timer.WaitForNextTickAsync(cancellationToken);
    }
}
