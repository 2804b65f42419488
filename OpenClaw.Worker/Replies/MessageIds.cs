using System.Collections.Concurrent;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Worker.Replies;

/// <summary>
/// Ids of messages that are about to be sent, from a WAHA that gives them: what WAHA tells of a send is then known to be ours before the send was
/// answered. A WAHA that gives none is asked once, and again after a while or when it may have been replaced: no message costs a call there.
/// </summary>
internal sealed class MessageIds(WahaClient waha, TimeProvider time)
{
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromHours(4);
    private static readonly TimeSpan AfterSilence = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Source> _sources = new(StringComparer.Ordinal);

    /// <returns>Null when WAHA is to choose the id itself.</returns>
    public async ValueTask<string?> NextAsync(string session, CancellationToken cancellationToken)
    {
        var source = _sources.GetOrAdd(session, static _ => new Source());
        if (time.GetUtcNow() < source.AskAgain || !source.MayAsk())
            return null;
        try
        {
            var result = await waha.GetNewMessageIdAsync(session, WahaTimeouts.Manners, cancellationToken);
            source.IsKnown = result.Outcome == MessageIdOutcome.Given;
            if (!source.IsKnown)
                source.AskAgain = time.GetUtcNow() + (result.Outcome == MessageIdOutcome.NotServed ? AfterRefusal : AfterSilence);
            return result.RawId;
        }
        finally
        {
            source.Asked();
        }
    }

    /// <summary>What WAHA made of an id that it was given: one that chooses another id all the same is not asked any more.</summary>
    public void Used(string session, string? given, string? told)
    {
        if (given is not null && told is not null && given != told)
            _sources[session] = new Source { AskAgain = time.GetUtcNow() + AfterRefusal };
    }

    /// <summary>The connection failed: what answers next may be another version.</summary>
    public void Forget(string session) => _sources.TryRemove(session, out _);

    /// <summary>What is known of a session's ids. Until something is, one bubble asks and the others go without.</summary>
    private sealed class Source
    {
        private int _asking;
        private long _askAgain;

        public bool IsKnown { get; set; }

        public DateTimeOffset AskAgain
        {
            get => new(Volatile.Read(ref _askAgain), TimeSpan.Zero);
            set => Volatile.Write(ref _askAgain, value.UtcTicks);
        }

        public bool MayAsk() => Interlocked.Exchange(ref _asking, 1) == 0 || IsKnown;

        public void Asked() => Volatile.Write(ref _asking, 0);
    }
}
