using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway.Admission;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Backfill;

/// <summary>What became of the messages of a chat that were not known.</summary>
/// <param name="Missed">So many were meant for us, or may be.</param>
/// <param name="Failed">So many could not be stored, for reasons of their own.</param>
internal sealed record TakenIn(int Missed, int Failed);

/// <summary>Sends what was read back through the same door as a webhook.</summary>
internal sealed partial class HistoryIntake(EventIntake door, KnownMessages known, HeardMessages heard, BackfillMetrics metrics, ILogger<HistoryIntake> logger)
{
    /// <summary>Own messages first: whether a human answered decides about the others. Each side oldest first.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be used now; what was taken in stays.</exception>
    public async Task<TakenIn> TakeAsync(HistorySource source, IReadOnlyList<ReadMessage> messages, CancellationToken cancellationToken)
    {
        var session = source.Session;
        var sent = await known.SentAsync(session, [.. messages.Where(message => message.Message.FromMe).Select(RawId)], cancellationToken);
        var received = await known.ReceivedAsync(session, [.. messages.Where(message => !message.Message.FromMe).Select(RawId)], cancellationToken);
        var fresh = messages.Where(message => !(message.Message.FromMe ? sent : received).Contains(RawId(message)) && !heard.WasJudged(session, RawId(message)));
        var (missed, failed, isInDoubt) = (0, 0, false);
        foreach (var message in fresh.OrderBy(message => message.Message.FromMe ? 0 : 1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            switch (await TakeAsync(Envelope(source, message.Payload)))
            {
                case null:
                    failed++;
                    break;
                case IntakeOutcome.Accepted or IntakeOutcome.Held:
                    missed++;
                    break;
                case IntakeOutcome.MaybeMissed when !isInDoubt:
                    isInDoubt = true;
                    metrics.Lost(InboundStore.LimitedOrMissed);
                    break;
            }
        }

        return new TakenIn(missed, failed);
    }

    private async Task<IntakeOutcome?> TakeAsync(WahaEnvelope envelope)
    {
        var requestId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        try
        {
            var outcome = await door.TakeAsync(envelope, requestId, CancellationToken.None);
            if (outcome != IntakeOutcome.Duplicate)
                metrics.Stored(outcome);
            return outcome;
        }
        catch (Exception error) when (error is not StorageUnavailableException)
        {
            // One message that nobody can take in must not keep those behind it out.
            Log.NotStored(logger, requestId, error);
            return null;
        }
    }

    private static string RawId(ReadMessage message) => message.Message.Key.RawId;

    private static WahaEnvelope Envelope(HistorySource source, JsonElement payload)
    {
        var me = source.Account is { } account ? new JsonObject { ["id"] = account.Id, ["lid"] = account.Lid } : null;
        var engine = source.Engine is { } name ? JsonValue.Create(name) : null;
        return new WahaEnvelope("message.any", source.Session, payload, Id: default, Timestamp: default, Element(me), Element(engine)) { IsReadBack = true };
    }

    private static JsonElement Element(JsonNode? node)
    {
        if (node is null)
            return default;
        using var document = JsonDocument.Parse(node.ToJsonString());
        return document.RootElement.Clone();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "A message that was read back could not be stored for an unexpected reason, request {RequestId}")]
        public static partial void NotStored(ILogger logger, string requestId, Exception error);
    }
}
