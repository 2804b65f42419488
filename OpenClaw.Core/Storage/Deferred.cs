namespace OpenClaw.Core.Storage;

/// <summary>The answer of a statement that may still be on its way. Whoever asks for it sends the statement, with all that wait; after the commit it is there.</summary>
public sealed class Deferred<T>
{
    private readonly Action? _send;
    private T? _value;
    private bool _isKnown;

    /// <summary>An answer that is there.</summary>
    public Deferred(T value) => (_value, _isKnown) = (value, true);

    /// <summary>An answer that is to come.</summary>
    /// <param name="send">Brings it.</param>
    internal Deferred(Action send) => _send = send;

    /// <summary>The answer.</summary>
    /// <exception cref="InvalidOperationException">The statement was never answered: its unit failed.</exception>
    public T Value
    {
        get
        {
            if (!_isKnown)
                _send!();
            return _isKnown ? _value! : throw new InvalidOperationException("The statement was not answered: its unit failed.");
        }
    }

    internal void Answer(T value) => (_value, _isKnown) = (value, true);
}
