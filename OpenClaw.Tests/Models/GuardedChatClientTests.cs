using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenClaw.Core.Integrations;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Models;
using static OpenClaw.Tests.Models.ModelTestKit;

namespace OpenClaw.Tests.Models;

public sealed class GuardedChatClientTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly Integration _model;
    private readonly GuardedChatClient _client;
    private ModelException? _failure;
    private int _calls;

    public GuardedChatClientTests()
    {
        _model = IntegrationsOf.Process(_time, options => options.Model.MinimumThroughput = 2).Model("main");
        _client = new GuardedChatClient(new DelegateChatClient(Answer), _model);
    }

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task While_the_model_answers_nothing_is_different()
    {
        (await _client.GetResponseAsync([User("oi")])).Text.ShouldBe("Oi");
        _model.Status.ShouldBe(new IntegrationStatus("model:main", IntegrationKind.Model, BreakerState.Closed, null, null));
    }

    [Theory]
    [InlineData(ModelFailure.Unavailable, 500, true)]
    [InlineData(ModelFailure.Unavailable, null, false)]
    [InlineData(ModelFailure.RateLimited, 429, false)]
    [InlineData(ModelFailure.Unauthorized, 401, false)]
    [InlineData(ModelFailure.TimedOut, null, true)]
    [InlineData(ModelFailure.Cut, null, true)]
    internal async Task The_failure_that_opens_the_breaker_is_the_models_and_the_next_call_is_not_made(ModelFailure failure, int? status, bool suspect)
    {
        _failure = new ModelException(failure, status: status);

        (await _client.FailureAsync(User("oi"))).Failure.ShouldBe(failure);
        var opening = await Should.ThrowAsync<IntegrationOpenException>(() => _client.CollectAsync(User("oi")));
        var refused = await Should.ThrowAsync<IntegrationOpenException>(() => _client.CollectAsync(User("oi")));

        (opening.Integration, opening.CallerIsSuspect, opening.InnerException).ShouldBe(("model:main", suspect, _failure));
        (refused.CallerIsSuspect, refused.InnerException).ShouldBe((false, null));
        refused.RetryAt.ShouldBeGreaterThan(_time.GetUtcNow());
        _calls.ShouldBe(2);
    }

    [Theory]
    [InlineData(ModelFailure.BadRequest)]
    [InlineData(ModelFailure.Malformed)]
    [InlineData(ModelFailure.Empty)]
    internal async Task What_is_wrong_with_one_answer_says_nothing_about_the_model(ModelFailure failure)
    {
        _failure = new ModelException(failure);

        for (var i = 0; i < 5; i++)
            (await _client.FailureAsync(User("oi"))).Failure.ShouldBe(failure);

        _model.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task After_the_break_an_answer_closes_the_breaker()
    {
        _failure = new ModelException(ModelFailure.Unavailable);
        await _client.FailureAsync(User("oi"));
        await Should.ThrowAsync<IntegrationOpenException>(() => _client.CollectAsync(User("oi")));
        _time.Advance(TimeSpan.FromSeconds(5));
        _failure = null;

        (await _client.GetResponseAsync([User("oi")])).Text.ShouldBe("Oi");

        _model.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task Who_stops_reading_gives_the_place_back_and_tells_nothing()
    {
        await foreach (var _ in _client.GetStreamingResponseAsync([User("oi")]))
            break;

        (_model.Status.Running, _model.IsClosed).ShouldBe((0, true));
    }

    private async IAsyncEnumerable<ChatResponseUpdate> Answer([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _calls++;
        await Task.Yield();
        if (_failure is not null)
            throw _failure;
        yield return new ChatResponseUpdate(ChatRole.Assistant, "O");
        yield return new ChatResponseUpdate(ChatRole.Assistant, "i");
    }
}
