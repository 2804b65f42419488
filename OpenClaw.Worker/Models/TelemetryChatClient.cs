using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models;

/// <summary>
/// A span and two histograms per model call, named by OpenTelemetry's gen_ai conventions
/// (https://opentelemetry.io/docs/specs/semconv/gen-ai/). Numbers and names only, never a prompt or an answer.
/// </summary>
internal sealed class TelemetryChatClient(IChatClient inner, ModelDescription model, TimeProvider time) : DelegatingChatClient(inner)
{
    public const string SourceName = "OpenClaw.Ai";

    private static readonly ActivitySource Source = new(SourceName);
    private static readonly Meter Meter = new(SourceName);

    private static readonly Histogram<double> Duration = Meter.CreateHistogram(
        "gen_ai.client.operation.duration", "s", "How long a model call took.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] });

    private static readonly Histogram<long> Tokens = Meter.CreateHistogram(
        "gen_ai.client.token.usage", "{token}", "Tokens of a model call.", tags: null,
        new InstrumentAdvice<long> { HistogramBucketBoundaries = [1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864] });

    private readonly string _provider = model.Provider.ToLowerInvariant();
    private readonly HostString _server = new(model.EndpointHost ?? "");

    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var requested = options?.ModelId ?? model.Model;
        using var activity = StartActivity(requested);
        var started = time.GetTimestamp();
        var outcome = new Outcome();
        await using var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            while (await NextAsync(updates, outcome))
            {
                yield return outcome.Observe(updates.Current);
                // An iterator loses the ambient activity at each yield: https://github.com/dotnet/runtime/issues/47802
                Activity.Current = activity;
            }

            outcome.Completed = true;
        }
        finally
        {
            Record(requested, activity, outcome, time.GetElapsedTime(started));
        }
    }

    private Activity? StartActivity(string requested)
    {
        var activity = Source.StartActivity($"chat {requested}", ActivityKind.Client);
        if (activity is not { IsAllDataRequested: true })
            return activity;

        return activity
            .SetTag("gen_ai.operation.name", "chat")
            .SetTag("gen_ai.provider.name", _provider)
            .SetTag("gen_ai.request.model", requested)
            .SetTag("server.address", _server.HasValue ? _server.Host : null)
            .SetTag("server.port", _server.Port);
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, Outcome outcome)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (Exception exception)
        {
            outcome.Error = exception is ModelException failed ? failed.Failure.ToString() : exception.GetType().Name;
            throw;
        }
    }

    private void Record(string requested, Activity? activity, Outcome outcome, TimeSpan elapsed)
    {
        // A caller that stops reading (a lost lease, a shutdown) never gets to see the end.
        var error = outcome.Error ?? (outcome.Completed ? null : "abandoned");
        var tags = new TagList
        {
            { "gen_ai.operation.name", "chat" },
            { "gen_ai.provider.name", _provider },
            { "gen_ai.request.model", requested },
        };
        RecordTokens(outcome.Usage?.InputTokenCount, "input", tags);
        RecordTokens(outcome.Usage?.OutputTokenCount, "output", tags);
        if (error is not null)
            tags.Add("error.type", error);
        Duration.Record(elapsed.TotalSeconds, tags);

        if (activity is not { IsAllDataRequested: true })
            return;

        activity.SetTag("gen_ai.response.model", outcome.Model);
        activity.SetTag("gen_ai.usage.input_tokens", outcome.Usage?.InputTokenCount);
        activity.SetTag("gen_ai.usage.output_tokens", outcome.Usage?.OutputTokenCount);
        if (outcome.FinishReason is { } reason)
            activity.SetTag("gen_ai.response.finish_reasons", new[] { reason });
        if (error is not null)
            activity.SetTag("error.type", error).SetStatus(ActivityStatusCode.Error);
    }

    private static void RecordTokens(long? count, string type, TagList tags)
    {
        if (count is not { } value)
            return;

        tags.Add("gen_ai.token.type", type);
        Tokens.Record(value, tags);
    }

    private sealed class Outcome
    {
        public UsageDetails? Usage { get; private set; }
        public string? Model { get; private set; }
        public string? FinishReason { get; private set; }
        public string? Error { get; set; }
        public bool Completed { get; set; }

        public ChatResponseUpdate Observe(ChatResponseUpdate update)
        {
            Model ??= update.ModelId;
            if (update.FinishReason is { } reason)
                FinishReason = reason.Value;
            foreach (var content in update.Contents)
            {
                if (content is UsageContent usage)
                    Usage = usage.Details;
            }

            return update;
        }
    }
}
