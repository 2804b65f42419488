namespace OpenClaw.Core.Queue;

/// <summary>Whether a lane's next step would only run into something that is known not to answer.</summary>
public interface ILaneGate
{
    /// <param name="session">The lane's WAHA session.</param>
    /// <param name="isGroup">Whether it is a group: only direct chats have a stand-in.</param>
    /// <param name="onlySends">Bubbles are to be sent; else a turn is to be run, which needs the model too.</param>
    /// <returns>Until when it waits, UTC; null when it may go on.</returns>
    DateTimeOffset? WaitsUntil(string session, bool isGroup, bool onlySends);
}
