using System.Threading.Channels;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>
/// Webhooks that wait to be posted, one line per chat and one for the session. WAHA posts without order; a phone in a browser
/// that showed messages out of order would only puzzle, so here a chat's webhooks go one after the other.
/// </summary>
internal sealed class WebhookQueue
{
    /// <summary>While the Gateway refuses for long, the oldest are forgotten, as WAHA does after its last try.</summary>
    private const int Capacity = 2_000;

    private readonly Channel<SimulatedWebhook> _session = NewLine();
    private readonly Dictionary<string, Channel<SimulatedWebhook>> _chats =
        SimulatedPerson.All.Select(person => person.Key).Append(ChatPlace.GroupKey).ToDictionary(key => key, _ => NewLine());

    /// <summary>Every line, for who empties them.</summary>
    public IEnumerable<ChannelReader<SimulatedWebhook>> Lines => _chats.Values.Append(_session).Select(line => line.Reader);

    /// <summary>Puts a webhook at the end of its line.</summary>
    public void Add(SimulatedWebhook webhook) =>
        (webhook.ChatKey is { } key ? _chats[key] : _session).Writer.TryWrite(webhook);

    private static Channel<SimulatedWebhook> NewLine() => Channel.CreateBounded<SimulatedWebhook>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
}
