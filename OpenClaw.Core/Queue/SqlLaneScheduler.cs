using System.Data.Common;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>The scheduler as a table beside the work: for one process without Redis.</summary>
public sealed class SqlLaneScheduler(IDatabase database, TimeProvider time) : ILaneScheduler
{
    /// <summary>Work was cut off: the lane is ready now, whatever later time was signalled during the lease.</summary>
    private const string EndLeases =
        "UPDATE lane_schedule SET token = NULL, lease_until = NULL, ready_at = CASE WHEN ready_at < @now THEN ready_at ELSE @now END WHERE token IS NOT NULL";

    private readonly LaneWake _wake = new(time);
    private long _token = Random.Shared.NextInt64(long.MaxValue / 2);

    /// <inheritdoc />
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <inheritdoc />
    public void SignalWithin(ISqlSession sql, LaneId lane, DateTimeOffset readyAt) => sql.Post(
        """
        INSERT INTO lane_schedule (lane_id, ready_at) VALUES (@lane, @ready)
        ON CONFLICT (lane_id) DO UPDATE SET ready_at =
            CASE WHEN lane_schedule.ready_at < excluded.ready_at THEN lane_schedule.ready_at ELSE excluded.ready_at END
        """,
        ("@lane", lane.Value), ("@ready", readyAt.ToUnixTimeMicroseconds()));

    /// <inheritdoc />
    public void Announce(LaneId lane, DateTimeOffset readyAt) => _wake.Signal();

    /// <inheritdoc />
    public async Task SignalAsync(LaneId lane, DateTimeOffset readyAt, CancellationToken cancellationToken)
    {
        await database.WriteAsync(
            sql =>
            {
                SignalWithin(sql, lane, readyAt);
                return true;
            },
            cancellationToken);
        _wake.Signal();
    }

    /// <inheritdoc />
    public async Task<LeaseBatch> LeaseAsync(int max, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var token = Interlocked.Add(ref _token, max) - max;

        // A look without the write lock first: an idle process commits nothing.
        var (due, leaseEnd) = database.Read(sql => (NextDue(sql), EarliestLeaseEnd(sql)));
        if (due is null || due > now.ToUnixTimeMicroseconds())
            return new LeaseBatch([], due is { } at ? UnixMicroseconds.FromUnixTimeMicroseconds(at) : null);

        return await database.WriteVolatileAsync(
            sql =>
            {
                if (leaseEnd <= now.ToUnixTimeMicroseconds())
                    sql.Post(EndLeases + " AND lease_until <= @now", ("@now", now.ToUnixTimeMicroseconds()));
                var lanes = sql.Query(
                    """
                    UPDATE lane_schedule SET token = @token, lease_until = @until, ready_at = NULL
                    WHERE lane_id IN (SELECT lane_id FROM lane_schedule WHERE ready_at <= @now AND token IS NULL ORDER BY ready_at LIMIT @max)
                    RETURNING lane_id
                    """,
                    row => new LaneLease(new LaneId(row.GetInt64(0)), token),
                    ("@token", token), ("@until", (now + LeaseDuration).ToUnixTimeMicroseconds()), ("@now", now.ToUnixTimeMicroseconds()), ("@max", max));
                DateTimeOffset? next = lanes.Count < max && NextDue(sql) is { } at ? UnixMicroseconds.FromUnixTimeMicroseconds(at) : null;
                return new LeaseBatch(lanes, lanes.Count == max ? now : next);
            },
            cancellationToken);
    }

    /// <inheritdoc />
    public Task<IReadOnlyList<LaneLease>> RenewAsync(IReadOnlyCollection<LaneLease> leases, CancellationToken cancellationToken)
    {
        var until = (time.GetUtcNow() + LeaseDuration).ToUnixTimeMicroseconds();
        return database.WriteVolatileAsync<IReadOnlyList<LaneLease>>(
            sql => leases.Where(lease => sql.Execute(
                "UPDATE lane_schedule SET lease_until = @until WHERE lane_id = @lane AND token = @token",
                ("@until", until), ("@lane", lease.Lane.Value), ("@token", lease.Token)) == 0).ToList(),
            cancellationToken);
    }

    /// <inheritdoc />
    public async Task ReleaseAsync(LaneLease lease, DateTimeOffset? readyAt, CancellationToken cancellationToken)
    {
        var signalled = await database.WriteVolatileAsync(
            sql => sql.QueryFirst(
                """
                UPDATE lane_schedule SET token = NULL, lease_until = NULL, ready_at =
                    CASE WHEN ready_at IS NULL OR ready_at > @ready THEN COALESCE(@ready, ready_at) ELSE ready_at END
                WHERE lane_id = @lane AND token = @token
                RETURNING CASE WHEN ready_at IS NULL THEN 0 ELSE 1 END
                """,
                row => row.GetInt64(0) == 1,
                ("@ready", readyAt?.ToUnixTimeMicroseconds()), ("@lane", lease.Lane.Value), ("@token", lease.Token)),
            cancellationToken);
        if (signalled)
            _wake.Signal();
    }

    /// <inheritdoc />
    public async Task<int> SignalMissingAsync(IReadOnlyList<LaneSignal> lanes, CancellationToken cancellationToken)
    {
        // A look without the write lock first: mostly nothing is missing.
        var missing = database.Read(sql => lanes.Where(signal => sql.QueryFirst(
            "SELECT 1 FROM lane_schedule WHERE lane_id = @lane AND (token IS NOT NULL OR ready_at IS NOT NULL)", row => row.GetInt64(0), ("@lane", signal.Lane.Value)) == 0).ToList());
        if (missing.Count == 0)
            return 0;
        var signalled = await database.WriteAsync(
            sql => missing.Sum(signal => sql.Execute(
                """
                INSERT INTO lane_schedule (lane_id, ready_at) VALUES (@lane, @ready)
                ON CONFLICT (lane_id) DO UPDATE SET ready_at = excluded.ready_at WHERE lane_schedule.token IS NULL AND lane_schedule.ready_at IS NULL
                """,
                ("@lane", signal.Lane.Value), ("@ready", signal.ReadyAt.ToUnixTimeMicroseconds()))),
            cancellationToken);
        _wake.Signal();
        return signalled;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<LaneSignal>> ReadyAsync(int max, CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        var lanes = await database.ReadAsync(
            sql =>
            {
                var ready = sql.DeferQuery(
                    "SELECT lane_id, ready_at FROM lane_schedule WHERE ready_at <= @now AND token IS NULL ORDER BY ready_at LIMIT @max",
                    ReadSignal, ("@now", now), ("@max", max));
                var ended = sql.DeferQuery(
                    "SELECT lane_id, lease_until FROM lane_schedule WHERE token IS NOT NULL AND lease_until <= @now ORDER BY lease_until LIMIT @max",
                    ReadSignal, ("@now", now), ("@max", max));
                return ready.Value.Concat(ended.Value).ToList();
            },
            cancellationToken);
        return [.. lanes.OrderBy(lane => lane.ReadyAt).Take(max)];
    }

    /// <summary>A table loses nothing: only the time passes.</summary>
    public Task WaitForLossAsync(TimeSpan atMost, CancellationToken cancellationToken) => Task.Delay(atMost, time, cancellationToken);

    /// <inheritdoc />
    public Task WaitForSignalAsync(TimeSpan atMost, CancellationToken cancellationToken) => _wake.WaitAsync(atMost, cancellationToken);

    /// <summary>
    /// Ends every lease. Only for the one process that owns the data directory alone: whoever held them is gone, and waiting for
    /// their time to run out would keep people waiting for half a minute.
    /// </summary>
    public Task EndAllLeasesAsync(CancellationToken cancellationToken) => database.WriteVolatileAsync(
        sql => sql.Execute(
            EndLeases,
            ("@now", time.NowMicroseconds())),
        cancellationToken);

    private static LaneSignal ReadSignal(DbDataReader row) => new(new LaneId(row.GetInt64(0)), UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(1)));

    /// <summary>The earliest time at which a lane can be leased: its ready time, or the end of somebody's lease.</summary>
    private static long? NextDue(ISqlSession sql) => sql.QueryFirst(
        """
        SELECT MIN(at) FROM (
            SELECT MIN(ready_at) AS at FROM lane_schedule WHERE ready_at IS NOT NULL AND token IS NULL
            UNION ALL
            SELECT MIN(lease_until) AS at FROM lane_schedule WHERE token IS NOT NULL) AS due
        """,
        row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0));

    private static long? EarliestLeaseEnd(ISqlSession sql) => sql.QueryFirst(
        "SELECT MIN(lease_until) FROM lane_schedule WHERE token IS NOT NULL", row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0));
}
