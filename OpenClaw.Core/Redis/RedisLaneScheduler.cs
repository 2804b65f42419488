using System.Collections.Concurrent;
using System.Globalization;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using StackExchange.Redis;

namespace OpenClaw.Core.Redis;

/// <summary>
/// The scheduler that all processes of a split system share. Redis knows opaque lane ids and times, moved by scripts under its own clock;
/// whatever it forgets, the reconciler tells it again.
/// </summary>
internal sealed class RedisLaneScheduler : ILaneScheduler, IDisposable, IAsyncDisposable
{
    /// <summary>Lanes of one call; a script stops everything else in Redis while it runs.</summary>
    private const int LargestCall = 500;

    /// <summary>Leases that could not be given back; more than any process holds.</summary>
    private const int MaxUnreleased = 8192;

    /// <summary>How long a worker that found too little counts as sleeping: longer than it sleeps.</summary>
    private const int WaitingMilliseconds = 15_000;

    /// <summary>A Redis that was emptied without a broken connection is noticed by the next call, or after so long.</summary>
    private static readonly TimeSpan EpochPeriod = TimeSpan.FromSeconds(1);

    /// <summary>Farther away nobody plans, and the sum still is a date.</summary>
    private static readonly TimeSpan Farthest = TimeSpan.FromDays(3650);

    /// <summary>A flood is told with every signal; without any for so long it is over.</summary>
    private const int FloodMilliseconds = 400;

    private readonly RedisConnection _redis;
    private readonly IngressPressure _ingress;
    private readonly TimeProvider _time;
    private readonly RedisKey[] _keys;
    private readonly string _channel;
    private readonly LaneWake _wake;
    private readonly LaneWake _loss;
    private readonly LaneAnnouncements _announcements;
    private readonly ConcurrentDictionary<LaneLease, DateTimeOffset?> _unreleased = new();
    private string? _epoch;
    private long _token = Random.Shared.NextInt64(long.MaxValue / 2);

    public RedisLaneScheduler(RedisConnection redis, RedisKeys keys, IngressPressure ingress, TimeProvider time)
    {
        (_redis, _ingress, _time, _channel) = (redis, ingress, time, keys.Wake);
        _keys = [keys.Ready, keys.Leased, keys.Held, keys.Epoch, keys.Waiting, keys.Flood];
        (_wake, _loss) = (new LaneWake(time), new LaneWake(time));
        _announcements = new LaneAnnouncements(SendAsync, time);
        redis.Subscribe(_channel, _wake.Signal);
        redis.Resubscribed += (_, _) => _wake.Signal();
        redis.CameUp += (_, _) => OnCameUp();
    }

    /// <inheritdoc />
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The work and its signal cannot be one transaction here: <see cref="Announce"/> tells of it.</summary>
    public void SignalWithin(ISqlSession sql, LaneId lane, DateTimeOffset readyAt)
    {
    }

    /// <inheritdoc />
    public void Announce(LaneId lane, DateTimeOffset readyAt)
    {
        if (_redis.IsUp)
            _announcements.Add(new LaneSignal(lane, readyAt));
        else
            _announcements.MarkLost();
    }

    /// <inheritdoc />
    public async Task SignalAsync(LaneId lane, DateTimeOffset readyAt, CancellationToken cancellationToken)
    {
        await CallAsync(LaneScripts.Signal, [_channel, 0, .. Pair(new LaneSignal(lane, readyAt))], cancellationToken);
        _wake.Signal();
    }

    /// <inheritdoc />
    public async Task<LeaseBatch> LeaseAsync(int max, CancellationToken cancellationToken)
    {
        for (var first = true; ; first = false)
        {
            var token = Interlocked.Increment(ref _token);
            var answer = await CallAsync(
                LaneScripts.Lease,
                [_redis.Deadline, Math.Min(max, LargestCall), LeaseDuration.Microseconds(), token, WaitingMilliseconds],
                cancellationToken,
                late => GiveBack(late, token));
            if (!answer.IsLate)
                return Batch(answer, token);
            // The server's clock was set, or it was busy for longer than anybody waits.
            if (!first)
                throw new SchedulerUnavailableException();
        }
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<LaneLease>> RenewAsync(IReadOnlyCollection<LaneLease> leases, CancellationToken cancellationToken)
    {
        var lost = new List<LaneLease>();
        foreach (var some in leases.Chunk(LargestCall))
        {
            var answer = await CallAsync(
                LaneScripts.Renew, [_redis.Deadline, LeaseDuration.Microseconds(), .. some.SelectMany(Pair)], cancellationToken);
            if (answer.IsLate)
                throw new SchedulerUnavailableException();
            var lanes = Enumerable.Range(0, answer.Count).Select(answer.Number).ToHashSet();
            lost.AddRange(some.Where(lease => lanes.Contains(lease.Lane.Value)));
        }

        return lost;
    }

    /// <inheritdoc />
    public async Task ReleaseAsync(LaneLease lease, DateTimeOffset? readyAt, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await CallAsync(LaneScripts.Release, [_channel, .. Pair(lease), readyAt is { } at ? FromNow(at) : ""], cancellationToken);
            if (answer.Number(0) == 1)
                _wake.Signal();
        }
        catch (SchedulerUnavailableException)
        {
            // Given back as soon as Redis returns, so that the lane need not wait for the end of the lease.
            if (_unreleased.Count < MaxUnreleased)
                _unreleased[lease] = readyAt;
            throw;
        }
    }

    /// <inheritdoc />
    public async Task<int> SignalMissingAsync(IReadOnlyList<LaneSignal> lanes, CancellationToken cancellationToken)
    {
        var signalled = 0L;
        foreach (var some in lanes.Chunk(LargestCall))
            signalled += (await CallAsync(LaneScripts.SignalMissing, [_channel, .. some.SelectMany(Pair)], cancellationToken)).Number(0);
        if (signalled > 0)
            _wake.Signal();
        return (int)signalled;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<LaneSignal>> ReadyAsync(int max, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(LaneScripts.Ready, [Math.Min(max, LargestCall)], cancellationToken);
        var now = _time.GetUtcNow();
        return
        [
            .. Enumerable.Range(0, answer.Count / 2)
                .Select(i => new LaneSignal(new LaneId(answer.Number(2 * i)), Before(now, double.Parse(answer.Text((2 * i) + 1), CultureInfo.InvariantCulture))))
                .OrderBy(lane => lane.ReadyAt)
                .Take(max),
        ];
    }

    /// <inheritdoc />
    public async Task WaitForLossAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        var left = atMost;
        while (!await _loss.WaitAsync(left < EpochPeriod ? left : EpochPeriod, cancellationToken))
        {
            left -= EpochPeriod;
            if (left <= TimeSpan.Zero)
                return;
            await LookAtEpochAsync(cancellationToken);
        }
    }

    /// <inheritdoc />
    public Task WaitForSignalAsync(TimeSpan atMost, CancellationToken cancellationToken) => _wake.WaitAsync(atMost, cancellationToken);

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public ValueTask DisposeAsync() => _announcements.DisposeAsync();

    private async Task<LaneAnswer> CallAsync(
        RedisScript script, RedisValue[] arguments, CancellationToken cancellationToken, Action<LaneAnswer>? late = null)
    {
        try
        {
            var result = await _redis.EvaluateAsync(
                script, _keys, [NewEpoch(), .. arguments], RedisConnection.Patience, cancellationToken, late is null ? null : answer => late(Read(answer)));
            return Read(result);
        }
        catch (RedisUnavailableException error)
        {
            throw new SchedulerUnavailableException(error);
        }
    }

    private async Task<bool> TryCallAsync(RedisScript script, RedisValue[] arguments)
    {
        if (!_redis.IsUp)
            return false;
        try
        {
            await CallAsync(script, arguments, CancellationToken.None);
            return true;
        }
        catch (SchedulerUnavailableException)
        {
            return false;
        }
    }

    private async Task<bool> SendAsync(IReadOnlyCollection<LaneSignal> signals)
    {
        if (!await TryCallAsync(LaneScripts.Signal, [_channel, _ingress.IsHighHere ? FloodMilliseconds : 0, .. signals.SelectMany(Pair)]))
            return false;
        _wake.Signal();
        return true;
    }

    private LaneAnswer Read(RedisResult result)
    {
        var answer = new LaneAnswer(result);
        _redis.SawTime(answer.Time);
        See(answer.Epoch);
        return answer;
    }

    /// <summary>One plain read, so that an idle process costs Redis next to nothing.</summary>
    internal async Task LookAtEpochAsync(CancellationToken cancellationToken)
    {
        if (!_redis.IsUp)
            return;
        try
        {
            See(await _redis.CallAsync(redis => redis.GetDatabase().StringGetAsync(_keys[3]), RedisConnection.Patience, cancellationToken));
        }
        catch (RedisUnavailableException)
        {
            // Its return is told.
        }
    }

    private void See(string? epoch)
    {
        var before = Interlocked.Exchange(ref _epoch, epoch);
        if (before is not null && before != epoch)
            MayHaveLost();
    }

    private LeaseBatch Batch(LaneAnswer answer, long token)
    {
        var now = _time.GetUtcNow();
        if (answer.Number(1) == 1)
            _ingress.Told(TimeSpan.FromMilliseconds(FloodMilliseconds));
        var leases = new List<LaneLease>(answer.Count - 2);
        for (var i = 2; i < answer.Count; i++)
            leases.Add(new LaneLease(new LaneId(answer.Number(i)), token));
        return new LeaseBatch(leases, answer.Text(0) is { Length: > 0 } due ? now.AddMicroseconds(double.Parse(due, CultureInfo.InvariantCulture)) : null);
    }

    /// <summary>Leased for a caller who does not wait any more.</summary>
    private void GiveBack(LaneAnswer answer, long token)
    {
        if (answer.IsLate)
            return;
        foreach (var lease in Batch(answer, token).Leases)
            _unreleased[lease] = _time.GetUtcNow();
        _ = ReleaseAllAsync();
    }

    private void OnCameUp()
    {
        MayHaveLost();
        _ = ReturnAsync();
    }

    private void MayHaveLost()
    {
        _loss.Signal();
        _wake.Signal();
    }

    private async Task ReturnAsync()
    {
        await ReleaseAllAsync();
        // This process may have no reconciler; those that have one look at the epoch.
        if (_announcements.TakeLost() && !await TryCallAsync(LaneScripts.NewEpoch, []))
            _announcements.MarkLost();
    }

    private async Task ReleaseAllAsync()
    {
        try
        {
            foreach (var (lease, readyAt) in _unreleased)
            {
                if (_unreleased.TryRemove(lease, out _))
                    await ReleaseAsync(lease, readyAt, CancellationToken.None);
            }
        }
        catch (SchedulerUnavailableException)
        {
            // Gone again; the next return goes on.
        }
    }

    private RedisValue[] Pair(LaneSignal signal) => [signal.Lane.Value, FromNow(signal.ReadyAt)];

    private static RedisValue[] Pair(LaneLease lease) => [lease.Lane.Value, lease.Token];

    /// <summary>Durations travel, not times: this process may go by another clock than Redis.</summary>
    private RedisValue FromNow(DateTimeOffset at)
    {
        var duration = at - _time.GetUtcNow();
        return (duration < Farthest ? duration : Farthest).Microseconds();
    }

    private static DateTimeOffset Before(DateTimeOffset now, double microseconds) =>
        microseconds < (now - DateTimeOffset.UnixEpoch).TotalMicroseconds ? now.AddMicroseconds(-microseconds) : DateTimeOffset.UnixEpoch;

    /// <summary>Never the same twice: one that comes back after a flush would hide it.</summary>
    private static RedisValue NewEpoch() => Random.Shared.NextInt64();
}
