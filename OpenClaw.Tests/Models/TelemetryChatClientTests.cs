using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.AI;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Models;
using static OpenClaw.Tests.Models.ModelTestKit;

namespace OpenClaw.Tests.Models;

public sealed class TelemetryChatClientTests : IDisposable
{
    private readonly string _model = $"m-{Guid.NewGuid():N}";
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ConcurrentQueue<(string Name, double Value, Dictionary<string, object?> Tags)> _measurements = new();
    private readonly ActivityListener _activities;
    private readonly MeterListener _meters;

    public TelemetryChatClientTests()
    {
        _activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "OpenClaw.Ai",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                // Other tests run at the same time: the model's name tells ours.
                if (activity.DisplayName == $"chat {_model}")
                    _spans.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_activities);
        _meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "OpenClaw.Ai")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        _meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _meters.Start();
    }

    [Fact]
    public async Task Call_leaves_a_span_and_measurements_without_any_text()
    {
        await using var model = await ScriptedModel.StartAsync();
        using var client = Decorate(ModelTestKit.Client(model));

        (await client.GetResponseAsync([User("segredo")])).Text.ShouldBe("segredo");

        var span = _spans.ShouldHaveSingleItem();
        span.Kind.ShouldBe(ActivityKind.Client);
        span.Status.ShouldBe(ActivityStatusCode.Unset);
        var tags = span.TagObjects.ToDictionary(tag => tag.Key, tag => tag.Value);
        tags["gen_ai.operation.name"].ShouldBe("chat");
        tags["gen_ai.provider.name"].ShouldBe("openai");
        tags["gen_ai.request.model"].ShouldBe(_model);
        tags["gen_ai.response.model"].ShouldBe("scripted");
        tags["gen_ai.usage.input_tokens"].ShouldBe(11L);
        tags["gen_ai.usage.output_tokens"].ShouldBe(7L);
        tags["gen_ai.response.finish_reasons"].ShouldBe(new[] { "stop" });
        tags["server.address"].ShouldBe("models.example");
        tags["server.port"].ShouldBe(8080);
        tags.Values.Select(value => value?.ToString() ?? "").ShouldAllBe(value => !value.Contains("segredo"));
        _measurements.Count(measurement => measurement.Name == "gen_ai.client.operation.duration").ShouldBe(1);
        _measurements.Where(measurement => measurement.Name == "gen_ai.client.token.usage")
            .Select(measurement => (measurement.Tags["gen_ai.token.type"], measurement.Value)).ShouldBe([("input", 11d), ("output", 7d)]);
    }

    [Fact]
    public async Task Failure_is_named_by_its_kind()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Status(429));
        using var client = Decorate(ModelTestKit.Client(model));

        await client.FailureAsync(User("oi"));

        _spans.ShouldHaveSingleItem().GetTagItem("error.type").ShouldBe("RateLimited");
        _spans.Single().Status.ShouldBe(ActivityStatusCode.Error);
        _measurements.ShouldHaveSingleItem().Tags["error.type"].ShouldBe("RateLimited");
    }

    [Fact]
    public async Task Other_failures_are_named_by_their_type()
    {
        using var client = Decorate(new DelegateChatClient(_ => throw new InvalidOperationException("segredo")));

        await Should.ThrowAsync<InvalidOperationException>(() => client.CollectAsync(User("oi")));

        _spans.ShouldHaveSingleItem().GetTagItem("error.type").ShouldBe("InvalidOperationException");
    }

    [Fact]
    public async Task Reader_that_stops_leaves_an_abandoned_call()
    {
        await using var model = await ScriptedModel.StartAsync();
        using var client = Decorate(ModelTestKit.Client(model));

        await using (var updates = client.GetStreamingResponseAsync([User("oi")]).GetAsyncEnumerator())
            (await updates.MoveNextAsync()).ShouldBeTrue();

        _measurements.ShouldHaveSingleItem().Tags["error.type"].ShouldBe("abandoned");
    }

    public void Dispose()
    {
        _activities.Dispose();
        _meters.Dispose();
    }

    private TelemetryChatClient Decorate(IChatClient inner) =>
        new(inner, new ModelDescription("OpenAI", _model, "models.example:8080"), TimeProvider.System);

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var kept = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
        if (Equals(kept["gen_ai.request.model"], _model))
            _measurements.Enqueue((instrument.Name, value, kept));
    }
}
