using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.AI;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Models;
using static OpenClaw.Tests.Models.ModelTestKit;

namespace OpenClaw.Tests.Models;

public sealed class TimeLimitedChatClientTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Channel<string> _tokens = Channel.CreateUnbounded<string>();
    private readonly AiModelOptions _limits = new()
    {
        FirstTokenTimeout = TimeSpan.FromSeconds(60),
        TokenTimeout = TimeSpan.FromSeconds(30),
        TotalTimeout = TimeSpan.FromSeconds(100),
    };

    [Fact]
    public async Task Answer_within_the_limits_passes()
    {
        using var client = Client();
        await _tokens.Writer.WriteAsync("Oi");
        _tokens.Writer.Complete();

        (await client.GetResponseAsync([User("oi")])).Text.ShouldBe("Oi");
    }

    [Fact]
    public async Task Answer_that_does_not_begin_times_out()
    {
        using var client = Client();
        var answer = client.CollectAsync(User("oi"));
        await _time.WhenTimersAsync();

        _time.Advance(TimeSpan.FromSeconds(59));
        answer.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));

        var failure = await Should.ThrowAsync<ModelException>(answer);
        failure.Failure.ShouldBe(ModelFailure.TimedOut);
        failure.Message.ShouldContain("FirstTokenTimeout");
    }

    [Fact]
    public async Task Answer_that_pauses_times_out()
    {
        using var client = Client();
        await using var updates = client.GetStreamingResponseAsync([User("oi")]).GetAsyncEnumerator();
        await _tokens.Writer.WriteAsync("Oi");
        (await updates.MoveNextAsync()).ShouldBeTrue();

        var next = updates.MoveNextAsync().AsTask();
        await _time.WhenTimersAsync();
        _time.Advance(TimeSpan.FromSeconds(30));

        (await Should.ThrowAsync<ModelException>(next)).Message.ShouldContain("(TokenTimeout)");
    }

    [Fact]
    public async Task Answer_that_goes_on_for_too_long_times_out()
    {
        using var client = Client();
        await using var updates = client.GetStreamingResponseAsync([User("oi")]).GetAsyncEnumerator();
        for (var i = 0; i < 4; i++)
        {
            var next = updates.MoveNextAsync().AsTask();
            await _time.WhenTimersAsync();
            _time.Advance(TimeSpan.FromSeconds(24));
            await _tokens.Writer.WriteAsync("Oi");
            (await next).ShouldBeTrue();
        }

        var last = updates.MoveNextAsync().AsTask();
        await _time.WhenTimersAsync();
        _time.Advance(TimeSpan.FromSeconds(4));

        (await Should.ThrowAsync<ModelException>(last)).Message.ShouldContain("TotalTimeout");
    }

    [Fact]
    public async Task Slow_reader_is_not_the_models_silence_but_counts_in_all()
    {
        using var client = Client();
        await using var updates = client.GetStreamingResponseAsync([User("oi")]).GetAsyncEnumerator();
        var first = updates.MoveNextAsync().AsTask();
        await _time.WhenTimersAsync();
        await _tokens.Writer.WriteAsync("um");
        (await first).ShouldBeTrue();

        _time.Advance(TimeSpan.FromSeconds(90));
        await _tokens.Writer.WriteAsync("dois");
        (await updates.MoveNextAsync()).ShouldBeTrue();
        _time.Advance(TimeSpan.FromSeconds(10));

        var failure = await Should.ThrowAsync<ModelException>(async () => await updates.MoveNextAsync());
        failure.Message.ShouldContain("TotalTimeout");
    }

    [Fact]
    public async Task Caller_that_cancels_is_no_time_out()
    {
        using var client = Client();
        using var stop = new CancellationTokenSource();
        var answer = client.GetResponseAsync([User("oi")], cancellationToken: stop.Token);
        await _time.WhenTimersAsync();

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(answer);
    }

    [Fact]
    public async Task Hanging_server_is_left_at_the_limit()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Hang());
        using var client = new TimeLimitedChatClient(ModelTestKit.Client(model, _time), _limits, _time);
        var answer = client.GetResponseAsync([User("oi")]);
        await model.NextRequestAsync();
        await _time.WhenTimersAsync();

        _time.Advance(TimeSpan.FromSeconds(60));

        (await Should.ThrowAsync<ModelException>(answer)).Failure.ShouldBe(ModelFailure.TimedOut);
    }

    private TimeLimitedChatClient Client() => new(new DelegateChatClient(StreamAsync), _limits, _time);

    private async IAsyncEnumerable<ChatResponseUpdate> StreamAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var token in _tokens.Reader.ReadAllAsync(cancellationToken))
            yield return new ChatResponseUpdate(ChatRole.Assistant, token);
    }
}
