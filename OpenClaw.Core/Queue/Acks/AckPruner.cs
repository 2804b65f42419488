using Microsoft.Extensions.Logging;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.Acks;

/// <summary>
/// Deletes acks that waited in vain for a bubble: of messages typed on the phone, or sent by another program.
/// </summary>
public sealed partial class AckPruner(IDatabase database, TimeProvider time, ILogger<AckPruner> logger) : Pruner(database, time)
{
    /// <summary>Longer than an uncertain send is left open by anything but a session that is down for days.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    /// <summary>A row without an ack in it is where a binding and its ack met; both are long committed.</summary>
    private static readonly TimeSpan EmptyKept = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time = time;
    private long _emptyFrom;

    /// <summary>One round; the next one goes on where the bound of this one ended. Returns how many were deleted.</summary>
    public override async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var now = _time.NowMicroseconds();
        var emptyUntil = now - EmptyKept.Microseconds();
        var empty = await PruneAsync("level = 0", _emptyFrom, emptyUntil, cancellationToken);
        // What is left behind this time has acks in it.
        if (empty < Most)
            _emptyFrom = emptyUntil;
        return empty + await PruneAsync("level <> 0", 0, now - Kept.Microseconds(), cancellationToken);
    }

    /// <inheritdoc />
    protected override void Pruned(int deleted) => Log.Pruned(logger, deleted);

    /// <inheritdoc />
    protected override void Failed(Exception error) => Log.Failed(logger, error);

    private Task<int> PruneAsync(string which, long from, long until, CancellationToken cancellationToken) => DeleteAsync(
        "acks", "session, raw_id", $"WHERE arrived_at >= @from AND arrived_at < @until AND {which}", "arrived_at", [("@from", from), ("@until", until)], cancellationToken);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Deleted {Acks} acks of messages that are not ours")]
        public static partial void Pruned(ILogger logger, int acks);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Old acks could not be deleted; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
