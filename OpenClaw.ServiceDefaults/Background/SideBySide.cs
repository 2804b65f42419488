namespace OpenClaw.ServiceDefaults.Background;

/// <summary>Several loops that are one background service.</summary>
public static class SideBySide
{
    /// <summary>
    /// Runs the loops until all of them have done their work. The first that fails ends the others, and its error is thrown: with
    /// <see cref="Task.WhenAll(IEnumerable{Task})"/> it would be heard of only when the last of the others ends, which is never.
    /// </summary>
    /// <param name="loops">Each gets a token that ends with <paramref name="cancellationToken"/>, or when another loop fails.</param>
    /// <param name="cancellationToken">Ends all of them.</param>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended them, or one of them was cancelled by nobody.</exception>
    public static async Task RunAsync(IEnumerable<Func<CancellationToken, Task>> loops, CancellationToken cancellationToken)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = loops.Select(loop => Task.Run(() => loop(ending.Token), CancellationToken.None)).ToList();
        var all = Task.WhenAll(running);
        while (running.Count > 0)
        {
            var ended = await Task.WhenAny(running);
            running.Remove(ended);
            if (ended.IsCompletedSuccessfully)
                continue;
            await ending.CancelAsync();
            await all.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            await ended;
        }
    }
}
