using System.Collections.Concurrent;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Gateway.Simulator.Faults;

/// <summary>Follows messages that were sent while something was broken, and lets their chats tell what becomes of them.</summary>
internal sealed class FaultStories(SimulatedWaha waha, ModelSwitch model, ProductView product, TimeProvider time, IHostApplicationLifetime lifetime)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(150);

    /// <summary>What is not over by then goes on untold.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    // What happens to a whole chat is told by one story, or each line would stand there twice.
    private readonly ConcurrentDictionary<string, Opened> _leads = new(StringComparer.Ordinal);

    /// <summary>Begins to look at a chat; to be done before the message is written, so that nothing is missed.</summary>
    /// <returns>Null when too many look at it already.</returns>
    public Opened? Open(SimulatedChat chat) => chat.Open() is { } view ? new Opened(this, chat, view) : null;

    /// <summary>A chat that is looked at.</summary>
    internal sealed class Opened(FaultStories stories, SimulatedChat chat, ChatView view)
    {
        /// <summary>Follows the message until its end.</summary>
        /// <param name="message">What the holder of the phone wrote.</param>
        /// <param name="fault">The button that was pressed for it, or null.</param>
        public void Tell(SimulatedMessage message, Fault? fault) => _ = stories.FollowAsync(this, chat, view, message, fault);
    }

    private async Task FollowAsync(Opened opened, SimulatedChat chat, ChatView view, SimulatedMessage message, Fault? fault)
    {
        // The page is answered first.
        await Task.Yield();
        var lead = _leads.TryAdd(chat.Place.Key, opened);
        var story = new FaultStory(chat, message, fault, waha.Account.Session, model, product, time);
        var began = time.GetTimestamp();
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (!story.IsOver && time.GetElapsedTime(began) < Longest && await timer.WaitForNextTickAsync(lifetime.ApplicationStopping))
            {
                story.Tell(Drain(view), lead);
                if (story.IsOver || product.JourneyOf(waha.Account.Session, message.RawId) is not { } journey)
                    continue;
                // What the journey knows was there to be seen before.
                story.Tell(Drain(view), lead);
                story.Tell(journey);
            }
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        finally
        {
            _leads.TryRemove(KeyValuePair.Create(chat.Place.Key, opened));
            chat.Close(view);
        }
    }

    private static IEnumerable<ChatChange> Drain(ChatView view)
    {
        while (view.Changes.TryRead(out var change))
            yield return change;
    }
}
