using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>One row of the fault matrix.</summary>
/// <param name="Name">As the table says it.</param>
/// <param name="Send">What goes wrong with a fifth of the sends.</param>
/// <param name="Model">What goes wrong with a fifth of the model's calls.</param>
/// <param name="Begin">An outage for everybody: how it begins.</param>
/// <param name="End">And how it ends, 5 s later.</param>
internal sealed record FaultCase(
    string Name, SendFault Send = SendFault.None, ModelFault Model = ModelFault.None, Func<LoadRig, Task>? Begin = null, Func<LoadRig, Task>? End = null)
{
    /// <summary>Whether chats without faults should not notice.</summary>
    public bool LeavesOthersAlone => Begin is null;

    public static IReadOnlyList<FaultCase> All { get; } =
    [
        new("nothing"),
        new("sendText 500", SendFault.Error500),
        new("sendText delivered but 500", SendFault.DeliveredBut500),
        new("sendText delivered but cut", SendFault.DeliveredButCut),
        new("sendText not delivered and cut", SendFault.NotDeliveredAndCut),
        new("sendText 429, Retry-After 1 s", SendFault.TooManyRequests),
        new("sendText no answer", SendFault.TimeOut),
        new("sendText 422 after 10 s", SendFault.Refused422),
        new("WAHA refuses for 5 s", Begin: static rig => rig.Waha.StopAsync().AsTask(), End: static rig => rig.Waha.StartAgainAsync()),
        new("session FAILED for 5 s", Begin: static rig => Status(rig, "FAILED"), End: static rig => Status(rig, "WORKING")),
        new("model 500", Model: ModelFault.Error500),
        new("model 429, Retry-After 1 s", Model: ModelFault.TooManyRequests),
        new("model malformed", Model: ModelFault.Malformed),
        new("model cut in mid-answer", Model: ModelFault.Cut),
        new("model empty", Model: ModelFault.Empty),
        new("model 1 s a piece", Model: ModelFault.Slow),
        new("model hangs", Model: ModelFault.Hang),
        new("model refuses for 5 s", Begin: static rig => rig.Model.StopAsync().AsTask(), End: static rig => rig.Model.StartAgainAsync()),
    ];

    private static Task Status(LoadRig rig, string status)
    {
        rig.Waha.Status = status;
        return Task.CompletedTask;
    }
}
