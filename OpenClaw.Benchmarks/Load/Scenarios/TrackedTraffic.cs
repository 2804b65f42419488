using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>Writes messages at a fixed pace and delivers each as WAHA does, whatever became of those before it.</summary>
internal static class TrackedTraffic
{
    /// <summary>Returns when every message is acknowledged or given up.</summary>
    public static async Task SendAsync(LoadRig rig, IReadOnlyList<TrackedMessage> messages, double perSecond, CancellationToken cancellationToken)
    {
        using var delivery = new WahaDelivery(rig.Address);
        var template = new WebhookRequest(FakeWaha.HmacKey);
        var deliveries = new Task[messages.Count];
        var last = DateTimeOffset.MinValue;
        await Pacer.RunAsync(messages.Count, perSecond, Write, cancellationToken);
        await Task.WhenAll(deliveries);

        void Write(int index, long due)
        {
            var now = DateTimeOffset.FromUnixTimeMilliseconds(TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            // No two in one millisecond: their order would be left to the arrival.
            last = now > last ? now : last.AddMilliseconds(1);
            var message = messages[index];
            message.WrittenAt = last;
            message.DueAt = due;
            var request = template.Render(message.Number, message.Chat, last).ToArray();
            rig.Waha.Log.Add(new LoggedMessage(
                message.ChatId, WebhookRequest.RawId(message.Number), FromMe: false, WebhookRequest.Text(message.Number), last.ToUnixTimeSeconds(), due));
            deliveries[index] = Task.Run(() => delivery.DeliverAsync(message, request, cancellationToken), cancellationToken);
        }
    }
}
