namespace OpenClaw.Core.Storage;

/// <summary>A unit of work on its way through a writer.</summary>
internal interface IWriteUnit
{
    bool IsDurable { get; }

    /// <summary>Whether nobody waits for it any more; it is settled then.</summary>
    bool CancelledBeforeStart();

    /// <summary>Runs the statements; their result is kept until <see cref="Complete"/>.</summary>
    void Run(ISqlSession session);

    void Complete();

    void Fail(Exception error);
}

internal sealed class WriteUnit<T>(Func<ISqlSession, T> work, bool durable, CancellationToken cancellationToken) : IWriteUnit
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public bool IsDurable => durable;

    public Task<T> Task => _completion.Task;

    public bool CancelledBeforeStart()
    {
        if (!cancellationToken.IsCancellationRequested)
            return false;
        _completion.TrySetCanceled(cancellationToken);
        return true;
    }

    public void Run(ISqlSession session) => _result = work(session);

    public void Complete() => _completion.TrySetResult(_result!);

    public void Fail(Exception error) => _completion.TrySetException(error);
}
