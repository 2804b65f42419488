namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>Something that is broken for a while: until its time is over, or until it is mended by hand.</summary>
internal sealed class Outage(TimeSpan length, TimeProvider time)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _over;

    /// <summary>How long it lasts when nobody mends it.</summary>
    public TimeSpan Length => length;

    /// <summary>Whether it is broken now.</summary>
    public bool IsOn
    {
        get
        {
            lock (_gate)
                return _over is not null;
        }
    }

    /// <summary>Completes when it works again; at once while it does.</summary>
    public Task Over
    {
        get
        {
            lock (_gate)
                return _over?.Task ?? Task.CompletedTask;
        }
    }

    /// <summary>Breaks it.</summary>
    /// <returns>False when it is broken already.</returns>
    public bool TryBegin()
    {
        lock (_gate)
        {
            if (_over is not null)
                return false;
            _over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>Waits until its time is over or somebody mended it, and mends it then.</summary>
    public async Task LastAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Over.WaitAsync(length, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // Nobody was impatient.
        }
        finally
        {
            End();
        }
    }

    /// <summary>Mends it.</summary>
    public void End()
    {
        lock (_gate)
        {
            _over?.TrySetResult();
            _over = null;
        }
    }
}
