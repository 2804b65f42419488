using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Models;
using OpenClaw.Worker.Models.OpenAi;
using static OpenClaw.Tests.Models.ModelTestKit;

namespace OpenClaw.Tests.Models;

public sealed class OpenAiChatClientTests
{
    [Fact]
    public async Task Text_is_streamed_with_usage_and_the_reason_of_the_end()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Text("Olá, ", "mundo"));
        using var client = Client(model);

        var updates = await client.CollectAsync(User("oi"));

        updates.Take(2).Select(update => update.Text).ShouldBe(["Olá, ", "mundo"]);
        updates[^1].FinishReason.ShouldBe(ChatFinishReason.Stop);
        updates[^1].ModelId.ShouldBe("scripted");
        var usage = updates[^1].Contents.OfType<UsageContent>().Single().Details;
        (usage.InputTokenCount, usage.OutputTokenCount, usage.TotalTokenCount).ShouldBe((11, 7, 18));
    }

    [Fact]
    public async Task First_chunk_is_passed_on_before_the_last_is_sent()
    {
        await using var model = await ScriptedModel.StartAsync();
        var gate = new TaskCompletionSource();
        model.Enqueue(ScriptedReply.Text("um ", "dois") with { BeforeEvent = (index, token) => index == 1 ? gate.Task.WaitAsync(token) : Task.CompletedTask });
        using var client = Client(model);

        await using var updates = client.GetStreamingResponseAsync([User("conta")]).GetAsyncEnumerator();
        (await updates.MoveNextAsync()).ShouldBeTrue();

        updates.Current.Text.ShouldBe("um ");
        gate.SetResult();
        (await updates.MoveNextAsync()).ShouldBeTrue();
        updates.Current.Text.ShouldBe("dois");
    }

    [Fact]
    public async Task Whole_answer_is_built_on_the_stream()
    {
        await using var model = await ScriptedModel.StartAsync();
        using var client = Client(model);

        var response = await client.GetResponseAsync([User("um"), User("dois")]);

        response.Text.ShouldBe("um\ndois");
        response.Usage!.TotalTokenCount.ShouldBe(18);
        model.Requests.Single().IsStreaming.ShouldBeTrue();
    }

    [Fact]
    public async Task Every_kind_of_message_and_option_is_written()
    {
        await using var model = await ScriptedModel.StartAsync();
        using var client = new OpenAiChatClient(new AiModelOptions { Provider = "OpenAI", Endpoint = model.Endpoint + "/", ApiKey = " k-1 ", MaxOutputTokens = 50 }, TimeProvider.System);
        var call = new FunctionCallContent("c1", "list_files", new Dictionary<string, object?> { ["path"] = "contas à pagar", ["recursive"] = true });
        ChatMessage[] messages =
        [
            new(ChatRole.System, "Seja breve."),
            User("lista"),
            new(ChatRole.Assistant, [new TextContent("Vou ver."), call, new FunctionCallContent("c2", "get_current_time")]),
            new(ChatRole.Tool, [new FunctionResultContent("c1", "a.txt"), new FunctionResultContent("c2", JsonSerializer.SerializeToElement("07:43"))]),
            new(ChatRole.Assistant, "Pronto."),
            User("valeu"),
        ];
        var options = new ChatOptions
        {
            Instructions = "Fale português.",
            Temperature = 0.5f,
            TopP = 0.9f,
            StopSequences = ["FIM"],
            AllowMultipleToolCalls = true,
            Tools = [AIFunctionFactory.Create((string path) => path, "list_files", "Lists files")],
        };

        (await client.GetResponseAsync(messages, options)).Text.ShouldBe("valeu");

        var request = model.Requests.Single();
        request.Headers["Authorization"].ShouldBe("Bearer k-1");
        request.Model.ShouldBe("gpt-4o-mini");
        request.ToolNames.ShouldBe(["list_files"]);
        request.Messages.ShouldBe([("system", "Fale português."), ("system", "Seja breve."), ("user", "lista"), ("assistant", "Vou ver."), ("tool", "a.txt"), ("tool", "07:43"), ("assistant", "Pronto."), ("user", "valeu")]);
        var body = request.Body;
        body.GetProperty("max_tokens").GetInt32().ShouldBe(50);
        body.GetProperty("temperature").GetSingle().ShouldBe(0.5f);
        body.GetProperty("top_p").GetSingle().ShouldBe(0.9f);
        body.GetProperty("stop")[0].GetString().ShouldBe("FIM");
        body.GetProperty("parallel_tool_calls").GetBoolean().ShouldBeTrue();
        body.GetProperty("stream_options").GetProperty("include_usage").GetBoolean().ShouldBeTrue();
        body.GetProperty("tools")[0].GetProperty("function").GetProperty("parameters").GetProperty("properties").TryGetProperty("path", out _).ShouldBeTrue();
        var calls = body.GetProperty("messages")[3].GetProperty("tool_calls");
        calls[0].GetProperty("id").GetString().ShouldBe("c1");
        JsonDocument.Parse(calls[0].GetProperty("function").GetProperty("arguments").GetString()!).RootElement.GetProperty("path").GetString().ShouldBe("contas à pagar");
        calls[1].GetProperty("function").GetProperty("arguments").GetString().ShouldBe("{}");
    }

    [Theory]
    [InlineData("none", "\"none\"")]
    [InlineData("any", "\"required\"")]
    [InlineData("list_files", """{"type":"function","function":{"name":"list_files"}}""")]
    [InlineData("auto", null)]
    public async Task Choice_of_tools_is_written(string mode, string? expected)
    {
        await using var model = await ScriptedModel.StartAsync();
        using var client = Client(model);
        var options = new ChatOptions
        {
            Tools = [AIFunctionFactory.Create(() => "x", "list_files")],
            ToolMode = mode switch { "none" => ChatToolMode.None, "any" => ChatToolMode.RequireAny, "auto" => ChatToolMode.Auto, var name => ChatToolMode.RequireSpecific(name) },
        };

        await client.GetResponseAsync([User("oi")], options);

        model.Requests.Single().Body.TryGetProperty("tool_choice", out var choice).ShouldBe(expected is not null);
        if (expected is not null)
            choice.GetRawText().ShouldBe(expected);
    }

    [Fact]
    public async Task Server_without_a_key_gets_a_dummy()
    {
        await using var model = await ScriptedModel.StartAsync();
        using var client = Client(model);

        await client.GetResponseAsync([User("oi")]);

        model.Requests.Single().Headers["Authorization"].ShouldBe("Bearer none");
        model.Requests.Single().Model.ShouldBe("test-model");
    }

    [Theory]
    [InlineData(400, ModelFailure.BadRequest, false)]
    [InlineData(401, ModelFailure.Unauthorized, false)]
    [InlineData(403, ModelFailure.Unauthorized, false)]
    [InlineData(404, ModelFailure.BadRequest, false)]
    [InlineData(302, ModelFailure.BadRequest, false)]
    [InlineData(408, ModelFailure.Unavailable, true)]
    [InlineData(429, ModelFailure.RateLimited, true)]
    [InlineData(500, ModelFailure.Unavailable, true)]
    [InlineData(503, ModelFailure.Unavailable, true)]
    public async Task Refusal_becomes_its_kind_once_and_without_the_body(int status, object expected, bool transient)
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Status(status));
        using var client = Client(model);

        var failure = await client.FailureAsync(User("segredo"));

        failure.Failure.ShouldBe((ModelFailure)expected);
        failure.IsTransient.ShouldBe(transient);
        failure.Status.ShouldBe(status);
        failure.RetryAfter.ShouldBeNull();
        failure.ToString().ShouldNotContain("segredo");
        model.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("Retry-After", "20", 20_000)]
    [InlineData("Retry-After", "Sun, 22 Nov 2026 10:45:00 GMT", 120_000)]
    [InlineData("Retry-After", "Sun, 22 Nov 2026 10:00:00 GMT", 0)]
    [InlineData("retry-after-ms", "1250", 1250)]
    [InlineData("Retry-After", "soon", null)]
    public async Task Time_to_wait_is_surfaced(string header, string value, int? expectedMilliseconds)
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Status(429) with { Headers = new Dictionary<string, string> { [header] = value } });
        using var client = Client(model, new ManualTimeProvider());

        var failure = await client.FailureAsync(User("oi"));

        failure.Failure.ShouldBe(ModelFailure.RateLimited);
        failure.RetryAfter?.TotalMilliseconds.ShouldBe(expectedMilliseconds!.Value);
        failure.RetryAfter.HasValue.ShouldBe(expectedMilliseconds.HasValue);
    }

    [Fact]
    public async Task Server_that_is_not_there_is_unavailable()
    {
        var model = await ScriptedModel.StartAsync();
        using var client = Client(model);
        await model.DisposeAsync();

        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Unavailable);
    }

    [Fact]
    public async Task Connection_lost_before_the_headers_is_unavailable()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Text("nunca") with { HoldUntil = Task.FromCanceled(new CancellationToken(canceled: true)) });
        using var client = Client(model);

        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Unavailable);
    }

    [Fact]
    public async Task Connection_lost_in_mid_answer_is_a_cut()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Cut("metade da "));
        using var client = Client(model);

        var failure = await client.FailureAsync(User("oi"));

        failure.Failure.ShouldBe(ModelFailure.Cut);
        failure.IsTransient.ShouldBeTrue();
        model.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Stream_that_ends_without_a_reason_is_a_cut()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Raw(ScriptedReply.Content("metade")), ScriptedReply.Raw());
        using var client = Client(model);

        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Cut);
        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Cut);
    }

    [Fact]
    public async Task Broken_json_is_malformed_and_not_quoted()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Malformed(), ScriptedReply.Raw("segredo"));
        using var client = Client(model);

        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Malformed);
        var failure = await client.FailureAsync(User("oi"));
        failure.Failure.ShouldBe(ModelFailure.Malformed);
        failure.ToString().ShouldNotContain("segredo");
    }

    [Fact]
    public async Task Answer_without_text_is_empty()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Empty(), ScriptedReply.Text(" ", "\n"));
        using var client = Client(model);

        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Empty);
        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Empty);
    }

    [Theory]
    [InlineData("""{"error":{"message":"x","code":429}}""", ModelFailure.RateLimited)]
    [InlineData("""{"error":{"message":"x","code":"rate_limit_exceeded"}}""", ModelFailure.RateLimited)]
    [InlineData("""{"error":{"message":"x","code":502}}""", ModelFailure.Unavailable)]
    [InlineData("""{"error":{"message":"x","code":"overloaded"}}""", ModelFailure.Unavailable)]
    [InlineData("""{"error":{"message":"x"}}""", ModelFailure.Unavailable)]
    [InlineData("""{"error":"x"}""", ModelFailure.Unavailable)]
    public async Task Error_inside_the_stream_is_translated(string data, object expected)
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Raw(ScriptedReply.Content("Oi"), data));
        using var client = Client(model);

        (await client.FailureAsync(User("oi"))).Failure.ShouldBe((ModelFailure)expected);
    }

    [Fact]
    public async Task Caller_that_cancels_gets_a_cancellation()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(ScriptedReply.Hang("Oi"));
        using var client = Client(model);
        using var stop = new CancellationTokenSource();

        await using var updates = client.GetStreamingResponseAsync([User("oi")], cancellationToken: stop.Token).GetAsyncEnumerator();
        (await updates.MoveNextAsync()).ShouldBeTrue();
        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(async () => await updates.MoveNextAsync());
    }

    [Fact]
    public async Task Many_streams_run_at_once()
    {
        await using var model = await ScriptedModel.StartAsync();
        var gate = new TaskCompletionSource();
        model.OnRequest = _ => ScriptedReply.Echo() with { HoldUntil = gate.Task };
        using var client = Client(model);

        var answers = Enumerable.Range(0, 80).Select(i => client.GetResponseAsync([User($"n{i}")])).ToList();
        for (var i = 0; i < 80; i++)
            await model.NextRequestAsync();
        gate.SetResult();

        (await Task.WhenAll(answers)).Select(answer => answer.Text).ShouldBe(Enumerable.Range(0, 80).Select(i => $"n{i}"));
    }

    [Fact]
    public void Service_tells_what_it_is()
    {
        using var client = new OpenAiChatClient(new AiModelOptions { Provider = "OpenAI", ApiKey = "k" }, TimeProvider.System);

        var metadata = client.GetService<ChatClientMetadata>()!;

        (metadata.ProviderName, metadata.DefaultModelId, metadata.ProviderUri!.Host).ShouldBe(("openai", "gpt-4o-mini", "api.openai.com"));
        client.GetService<OpenAiChatClient>().ShouldBeSameAs(client);
        client.GetService<ScriptedModel>().ShouldBeNull();
        client.GetService<ChatClientMetadata>("key").ShouldBeNull();
        OpenAiDialect.Of(new AiModelOptions()).MaxTokensKey.ShouldBe("max_completion_tokens");
    }
}
