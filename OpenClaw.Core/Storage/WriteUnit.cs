namespace OpenClaw.Core.Storage;

/// <summary>A unit of work on its way through a writer.</summary>
internal interface IWriteUnit
{
    bool IsDurable { get; }

    /// <summary>Whether nobody waits for it any more; it is settled then.</summary>
    bool CancelledBeforeStart();

    /// <summary>The first step: statements that depend on no answer.</summary>
    void Ask(ISqlSession session);

    /// <summary>Runs the statements; their result is kept until <see cref="Complete"/>.</summary>
    void Run(ISqlSession session);

    void Complete();

    void Fail(Exception error);
}

/// <summary>A unit and whoever waits for its commit.</summary>
internal abstract class WriteUnit<T>(bool durable, CancellationToken cancellationToken) : IWriteUnit
{
    private readonly TaskCompletionSource<T> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private T? _result;

    public bool IsDurable => durable;

    public Task<T> Task => _completion.Task;

    /// <summary>Of the database that runs it.</summary>
    public SpaceRefusals? Refusals { get; set; }

    public bool CancelledBeforeStart()
    {
        if (!cancellationToken.IsCancellationRequested)
            return false;
        _completion.TrySetCanceled(cancellationToken);
        return true;
    }

    public abstract void Ask(ISqlSession session);

    public void Run(ISqlSession session) => _result = Decide(session);

    public void Complete() => _completion.TrySetResult(_result!);

    public void Fail(Exception error)
    {
        Refusals?.Note(error);
        _completion.TrySetException(error);
    }

    protected abstract T Decide(ISqlSession session);
}

/// <summary>A unit of one step.</summary>
internal sealed class PlainUnit<T>(Func<ISqlSession, T> work, bool durable, CancellationToken cancellationToken) : WriteUnit<T>(durable, cancellationToken)
{
    public override void Ask(ISqlSession session)
    {
    }

    protected override T Decide(ISqlSession session) => work(session);
}

/// <summary>A unit that asks first and decides when the answers are there.</summary>
internal sealed class SteppedUnit<TAsked, T>(Func<ISqlSession, TAsked> ask, Func<ISqlSession, TAsked, T> decide, CancellationToken cancellationToken)
    : WriteUnit<T>(durable: true, cancellationToken)
{
    private TAsked? _asked;

    public override void Ask(ISqlSession session) => _asked = ask(session);

    protected override T Decide(ISqlSession session) => decide(session, _asked!);
}
