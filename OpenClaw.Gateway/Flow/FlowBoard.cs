using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Flow;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Flow;

/// <summary>What this process saw flow through each served session. Told by webhooks: a note costs a few nanoseconds and never fails.</summary>
internal sealed class FlowBoard
{
    private readonly FrozenDictionary<string, Notes> _sessions;
    private readonly TimeProvider _time;

    public FlowBoard(IOptions<WahaOptions> waha, TimeProvider time)
    {
        _time = time;
        _sessions = waha.Value.ServedSessions().ToFrozenDictionary(session => session, _ => new Notes(), StringComparer.Ordinal);
    }

    /// <summary>A webhook came, whatever became of it.</summary>
    public void Event(string session) => Of(session).Event = _time.NowMicroseconds();

    /// <summary>A webhook brought a message of somebody else, and it is committed.</summary>
    public void Message(string session) => Of(session).Message = _time.NowMicroseconds();

    /// <summary>WAHA answered when it was asked for the session.</summary>
    public void Probed(string session) => Of(session).Probe = _time.NowMicroseconds();

    /// <summary>WAHA's history could be looked at.</summary>
    public void Compared(string session) => Of(session).Comparison = _time.NowMicroseconds();

    /// <summary>Only WAHA's history told of a message that was written then.</summary>
    public void Missed(string session, DateTimeOffset sentAt)
    {
        var notes = Of(session);
        var at = sentAt.ToUnixTimeMicroseconds();
        if (at > notes.Missed)
            notes.Missed = at;
    }

    /// <summary>What this process saw since it started.</summary>
    public SessionFlow Seen(string session)
    {
        var notes = Of(session);
        return new SessionFlow(Time(notes.Event), Time(notes.Message), Time(notes.Probe), Time(notes.Comparison), Time(notes.Missed));
    }

    /// <summary>One that is not served is noted nowhere.</summary>
    private Notes Of(string session) => _sessions.TryGetValue(session, out var notes) ? notes : new Notes();

    private static DateTimeOffset? Time(long at) => at == 0 ? null : UnixMicroseconds.FromUnixTimeMicroseconds(at);

    /// <summary>Times in microseconds; 0 = never. Each is one word, so that nobody waits for anybody.</summary>
    private sealed class Notes
    {
        private long _event;
        private long _message;
        private long _probe;
        private long _comparison;
        private long _missed;

        public long Event { get => Volatile.Read(ref _event); set => Volatile.Write(ref _event, value); }

        public long Message { get => Volatile.Read(ref _message); set => Volatile.Write(ref _message, value); }

        public long Probe { get => Volatile.Read(ref _probe); set => Volatile.Write(ref _probe, value); }

        public long Comparison { get => Volatile.Read(ref _comparison); set => Volatile.Write(ref _comparison, value); }

        public long Missed { get => Volatile.Read(ref _missed); set => Volatile.Write(ref _missed, value); }
    }
}
