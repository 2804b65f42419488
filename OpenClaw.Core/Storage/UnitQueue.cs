namespace OpenClaw.Core.Storage;

/// <summary>
/// Many producers, one consumer that takes everything there is. A plain lock: the consumer sleeps while there is nothing, where the
/// framework's blocking collection would spin and take processor time from the work it waits for.
/// </summary>
internal sealed class UnitQueue<T>(int maxTaken)
{
    private readonly Queue<T> _items = new();
    private bool _waiting;
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_items)
                return _items.Count;
        }
    }

    /// <returns>False once the queue is closed.</returns>
    public bool TryAdd(T item)
    {
        lock (_items)
        {
            if (_closed)
                return false;
            _items.Enqueue(item);
            if (_waiting)
                Monitor.Pulse(_items);
            return true;
        }
    }

    /// <summary>Waits until there is something, then moves up to the maximum into <paramref name="taken"/>.</summary>
    /// <returns>False when the queue is closed and empty.</returns>
    public bool TakeInto(List<T> taken)
    {
        lock (_items)
        {
            while (_items.Count == 0 && !_closed)
            {
                _waiting = true;
                Monitor.Wait(_items);
                _waiting = false;
            }

            while (taken.Count < maxTaken && _items.TryDequeue(out var item))
                taken.Add(item);
            return taken.Count > 0;
        }
    }

    /// <summary>Takes no more; what is in it is still handed out.</summary>
    public void Close()
    {
        lock (_items)
        {
            _closed = true;
            Monitor.PulseAll(_items);
        }
    }
}
