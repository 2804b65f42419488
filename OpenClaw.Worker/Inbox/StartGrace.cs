using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;

namespace OpenClaw.Worker.Inbox;

/// <summary>
/// After a restart only unfinished turns run for one retry gap of WAHA: a message that was refused while we were down arrives before
/// a younger one of its chat is answered.
/// </summary>
internal sealed class StartGrace(IOptions<TurnOptions> options, TimeProvider time)
{
    /// <summary>From when on new turns are started. Now, unless there was a process before this one.</summary>
    public DateTimeOffset NewTurnsFrom { get; private set; } = time.GetUtcNow();

    public void Begin() => NewTurnsFrom = time.GetUtcNow() + options.Value.StartGrace;
}
