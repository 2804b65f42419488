namespace OpenClaw.Core.Storage.Postgres;

/// <summary>
/// Many producers, a few writers. What has a stripe follows the items of that stripe that a writer has already; everything else is taken by
/// whoever is free, the lowest first, so that a process with little to do uses few connections.
/// </summary>
internal sealed class PostgresQueue<T>(int writers)
{
    private readonly Lock _lock = new();
    private readonly Queue<Entry> _shared = new();
    private readonly Dictionary<long, (Seat Seat, int Items)> _stripes = [];
    private readonly Seat[] _seats = [.. Enumerable.Range(0, writers).Select(_ => new Seat())];
    private long _turn;
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_lock)
                return _shared.Count + _seats.Sum(static seat => seat.Own.Count);
        }
    }

    /// <param name="item">What waits.</param>
    /// <param name="stripe">Items of one stripe are worked on one after the other, in the order in which they were added.</param>
    /// <returns>False once the queue is closed.</returns>
    public bool TryAdd(T item, long? stripe = null)
    {
        Seat? called;
        lock (_lock)
        {
            if (_closed)
                return false;
            called = stripe is { } number ? SeatOf(number) : Array.Find(_seats, static seat => seat.IsIdle);
            (stripe is null ? _shared : called!.Own).Enqueue(new Entry(_turn++, item, stripe));
            if (called is { IsIdle: true })
                called.IsIdle = false;
            else
                called = null;
        }

        called?.Call();
        return true;
    }

    /// <summary>Waits for something to do: what waits longest of the writer's own and what is anybody's. Ends what the writer had before.</summary>
    /// <returns>False when the queue is closed and nothing is left for this writer.</returns>
    public bool TryTake(int writer, out T item)
    {
        var seat = _seats[writer];
        while (true)
        {
            lock (_lock)
            {
                Leave(seat.Current);
                seat.Current = null;
                if (Next(seat) is { } entry)
                {
                    seat.Current = entry.Stripe;
                    item = entry.Item;
                    return true;
                }

                item = default!;
                if (_closed)
                    return false;
                seat.IsIdle = true;
            }

            seat.Wait();
        }
    }

    /// <summary>Everything that this writer could take now; done with.</summary>
    public List<T> TakeAll(int writer)
    {
        lock (_lock)
        {
            var all = new List<T>();
            while (Next(_seats[writer]) is { } entry)
            {
                Leave(entry.Stripe);
                all.Add(entry.Item);
            }

            return all;
        }
    }

    /// <summary>Takes no more; what is in it is still handed out.</summary>
    public void Close()
    {
        lock (_lock)
            _closed = true;
        foreach (var seat in _seats)
            seat.Call();
    }

    private Seat SeatOf(long stripe)
    {
        var (seat, items) = _stripes.TryGetValue(stripe, out var known) ? known : (LeastBusy(), 0);
        _stripes[stripe] = (seat, items + 1);
        return seat;
    }

    private Seat LeastBusy() => Array.Find(_seats, static seat => seat.IsIdle) ?? _seats.MinBy(static seat => seat.Own.Count)!;

    private void Leave(long? stripe)
    {
        if (stripe is not { } number)
            return;
        var (seat, items) = _stripes[number];
        if (items == 1)
            _stripes.Remove(number);
        else
            _stripes[number] = (seat, items - 1);
    }

    private Entry? Next(Seat seat)
    {
        var from = !seat.Own.TryPeek(out var own) ? _shared
            : !_shared.TryPeek(out var anybodys) || own.Turn < anybodys.Turn ? seat.Own : _shared;
        return from.TryDequeue(out var next) ? next : null;
    }

    private sealed record Entry(long Turn, T Item, long? Stripe);

    /// <summary>Where a writer waits.</summary>
    private sealed class Seat
    {
        private readonly object _bell = new();
        private bool _called;

        public Queue<Entry> Own { get; } = new();

        /// <summary>The stripe of what the writer works on.</summary>
        public long? Current { get; set; }

        /// <summary>Waits and has not been called.</summary>
        public bool IsIdle { get; set; }

        public void Wait()
        {
            lock (_bell)
            {
                while (!_called)
                    Monitor.Wait(_bell);
                _called = false;
            }
        }

        public void Call()
        {
            lock (_bell)
            {
                _called = true;
                Monitor.Pulse(_bell);
            }
        }
    }
}
