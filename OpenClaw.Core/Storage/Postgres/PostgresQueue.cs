namespace OpenClaw.Core.Storage.Postgres;

/// <summary>
/// Many producers, a few takers, of which one is enough most of the time: what waits together goes together, and that is faster than side by
/// side. The next one steps in when the first is held up. What is taken together is of one kind and of different stripes (arrivals may share one,
/// so that a chat that floods does not need a commit for each of its messages); items of a stripe are never under way at two takers at once.
/// </summary>
internal sealed class PostgresQueue<T>(int takers)
{
    /// <summary>How far a taker looks for what can be taken together.</summary>
    private const int Sight = 256;

    /// <summary>After this time a taker is held up: it waits for a row, or the server is far away.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly LinkedList<Entry> _waiting = new();
    private readonly HashSet<long> _underWay = [];
    private readonly Seat[] _seats = [.. Enumerable.Range(0, takers).Select(_ => new Seat())];
    private bool _closed;

    public int Count
    {
        get
        {
            lock (_lock)
                return _waiting.Count;
        }
    }

    /// <param name="item">What waits.</param>
    /// <param name="stripe">Items of one stripe are worked on one after the other, in the order in which they were added.</param>
    /// <param name="kind">Items of another kind are not taken together with it.</param>
    /// <returns>False once the queue is closed.</returns>
    public bool TryAdd(T item, long? stripe = null, UnitKind kind = UnitKind.Plain)
    {
        Seat? called;
        lock (_lock)
        {
            if (_closed)
                return false;
            _waiting.AddLast(new Entry(item, stripe, kind, TimeProvider.System.GetTimestamp()));
            called = Array.Exists(_seats, static seat => seat.BusySince is not null) ? Watcher() : Array.Find(_seats, static seat => seat.IsIdle || seat.IsWatching);
            if (called is not null)
                called.IsIdle = false;
        }

        called?.Call();
        return true;
    }

    /// <summary>Waits for something to do, the oldest first. Ends what the taker had before.</summary>
    /// <param name="taker">Its number.</param>
    /// <param name="items">Emptied, then filled with what can be taken together.</param>
    /// <param name="max">No more than this.</param>
    /// <returns>False when the queue is closed and nothing is left for this taker.</returns>
    public bool TryTake(int taker, List<T> items, int max)
    {
        var seat = _seats[taker];
        items.Clear();
        lock (_lock)
        {
            _underWay.ExceptWith(seat.Stripes);
            seat.Stripes.Clear();
            seat.BusySince = null;
        }

        while (true)
        {
            Seat? watcher = null;
            lock (_lock)
            {
                seat.IsWatching = seat.IsIdle = false;
                if (_closed || MayTake(seat))
                    Gather(seat, items, max);
                if (items.Count > 0)
                {
                    seat.BusySince = TimeProvider.System.GetTimestamp();
                    watcher = _waiting.Count > 0 ? Watcher() : null;
                    if (watcher is not null)
                        watcher.IsIdle = false;
                }
                else if (_closed)
                {
                    return false;
                }
                else
                {
                    seat.IsWatching = _waiting.Count > 0;
                    seat.IsIdle = !seat.IsWatching;
                }
            }

            watcher?.Call();
            if (items.Count > 0)
                return true;
            seat.Wait(seat.IsWatching ? Patience : Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Everything that waits; done with.</summary>
    public List<T> TakeAll()
    {
        lock (_lock)
        {
            var all = _waiting.Select(static entry => entry.Item).ToList();
            _waiting.Clear();
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

    /// <summary>Whom to call when one is busy and something waits: nobody, when somebody looks again soon anyway.</summary>
    private Seat? Watcher() => Array.Exists(_seats, static seat => seat.IsWatching) ? null : Array.Find(_seats, static seat => seat.IsIdle);

    private bool MayTake(Seat seat) =>
        (_waiting.First is { } oldest && IsLong(oldest.Value.Since)) || Array.TrueForAll(_seats, other => other == seat || other.BusySince is not { } since || IsLong(since));

    private static bool IsLong(long since) => TimeProvider.System.GetElapsedTime(since) >= Patience;

    private void Gather(Seat seat, List<T> items, int max)
    {
        UnitKind? kind = null;
        HashSet<long>? passedOver = null;
        var node = _waiting.First;
        for (var seen = 0; node is not null && items.Count < max && seen < Sight; seen++)
        {
            var (current, entry) = (node, node.Value);
            node = node.Next;
            if (entry.Kind != (kind ?? entry.Kind) || (entry.Stripe is { } taken && (!IsFree(taken, entry.Kind, seat) || passedOver?.Contains(taken) == true)))
            {
                if (entry.Stripe is { } later)
                    (passedOver ??= []).Add(later);
                continue;
            }

            kind = entry.Kind;
            if (entry.Stripe is { } stripe)
            {
                _underWay.Add(stripe);
                seat.Stripes.Add(stripe);
            }

            items.Add(entry.Item);
            _waiting.Remove(current);
        }
    }

    private bool IsFree(long stripe, UnitKind kind, Seat seat) => !_underWay.Contains(stripe) || (kind == UnitKind.Arrival && seat.Stripes.Contains(stripe));

    private sealed record Entry(T Item, long? Stripe, UnitKind Kind, long Since);

    /// <summary>Where a taker waits.</summary>
    private sealed class Seat
    {
        private readonly object _bell = new();
        private bool _called;

        /// <summary>The stripes of what the taker works on.</summary>
        public HashSet<long> Stripes { get; } = [];

        /// <summary>Since when the taker works on something.</summary>
        public long? BusySince { get; set; }

        /// <summary>Waits and has not been called.</summary>
        public bool IsIdle { get; set; }

        /// <summary>Looks again soon: somebody else is busy, and something waits.</summary>
        public bool IsWatching { get; set; }

        public void Wait(TimeSpan time)
        {
            lock (_bell)
            {
                if (!_called)
                    Monitor.Wait(_bell, time);
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
