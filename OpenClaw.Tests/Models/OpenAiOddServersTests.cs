using System.Text.Json;
using Microsoft.Extensions.AI;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Models;
using static OpenClaw.Tests.Infrastructure.ScriptedReply;
using static OpenClaw.Tests.Models.ModelTestKit;

namespace OpenClaw.Tests.Models;

/// <summary>Shapes that compatible servers were seen to send, or that the protocol leaves open.</summary>
public sealed class OpenAiOddServersTests
{
    [Fact]
    public async Task Gaps_and_nulls_are_tolerated()
    {
        var updates = await StreamAsync(
            """{"id":null,"choices":null}""",
            """{"choices":[{"index":0,"delta":null,"finish_reason":null}],"usage":null,"error":null}""",
            """{"choices":[{"delta":{"role":"assistant","content":null,"tool_calls":null}}]}""",
            """{"choices":[null,{"index":1,"delta":{"content":"outra"}},{"index":"0","delta":{"content":"Oi"}}]}""",
            """{"choices":[{"index":0,"delta":{"content":[{"type":"text","text":", tudo"},{"type":"x"}]}}]}""",
            """{"choices":[{"index":0,"delta":{"content":" bem"},"finish_reason":"eos"}],"extra":{"a":1}}""",
            "");

        updates.Text().ShouldBe("Oi, tudo bem");
        updates[^1].FinishReason.ShouldBe(new ChatFinishReason("eos"));
        updates.SelectMany(update => update.Contents).OfType<UsageContent>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Done_without_a_reason_is_a_whole_answer()
    {
        var updates = await StreamAsync(Content("Oi"), "[DONE]");

        updates.Text().ShouldBe("Oi");
        updates[^1].FinishReason.ShouldBe(ChatFinishReason.Stop);
    }

    [Theory]
    [InlineData("length", "length")]
    [InlineData("content_filter", "content_filter")]
    [InlineData("function_call", "stop")]
    public async Task Reason_without_done_is_a_whole_answer(string sent, string expected)
    {
        var updates = await StreamAsync(Content("Oi"), Finish(sent));

        updates[^1].FinishReason!.Value.Value.ShouldBe(expected);
    }

    [Fact]
    public async Task Server_that_hangs_up_after_the_reason_has_said_everything()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(Raw(Content("Oi"), Finish("stop")) with { End = ScriptedEnd.Abort });
        using var client = Client(model);

        (await client.CollectAsync(User("oi"))).Text().ShouldBe("Oi");
    }

    [Fact]
    public async Task Reasoning_is_a_sign_of_life_but_no_text()
    {
        var updates = await StreamAsync(
            """{"choices":[{"index":0,"delta":{"reasoning_content":"hmm"}}]}""",
            """{"choices":[{"index":0,"delta":{"reasoning":"hmm"}}]}""",
            Content("42"),
            Finish("stop"));

        updates.Count.ShouldBe(4);
        updates.Text().ShouldBe("42");
    }

    [Fact]
    public async Task Refusal_is_an_answer()
    {
        var updates = await StreamAsync("""{"choices":[{"index":0,"delta":{"refusal":"Não posso."}}]}""", Finish("stop"));

        updates.Text().ShouldBe("Não posso.");
    }

    [Fact]
    public async Task Server_that_does_not_stream_is_understood()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(Whole("""{"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Oi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2}}"""));
        model.Enqueue(Whole("null"), Whole("{"), Whole("""{"error":"Unexpected endpoint"}"""));
        using var client = Client(model);

        var updates = await client.CollectAsync(User("oi"));

        updates.Text().ShouldBe("Oi");
        updates[^1].Contents.OfType<UsageContent>().Single().Details.TotalTokenCount.ShouldBe(3);
        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Malformed);
        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Malformed);
        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Unavailable);
    }

    [Fact]
    public async Task Calls_streamed_the_way_of_the_protocol_are_put_together()
    {
        var calls = await CallsAsync(
            ToolDelta(0, "a", "list_files", ""),
            ToolDelta(0, null, null, "{\"path\":"),
            ToolDelta(1, "b", "get_current_time", null),
            ToolDelta(0, null, null, "\"contas\"}"),
            ToolDelta(1, null, null, "{}"));

        calls.Select(call => (call.CallId, call.Name)).ShouldBe([("a", "list_files"), ("b", "get_current_time")]);
        ((JsonElement)calls[0].Arguments!["path"]!).GetString().ShouldBe("contas");
        calls[1].Arguments!.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whole_calls_with_one_index_and_ids_of_their_own_stay_apart()
    {
        var calls = await CallsAsync(ToolDelta(0, "a", "one", "{}"), ToolDelta(0, "b", "two", "{}"));

        calls.Select(call => (call.CallId, call.Name)).ShouldBe([("a", "one"), ("b", "two")]);
    }

    [Fact]
    public async Task Whole_calls_without_index_and_id_stay_apart_and_get_ids()
    {
        var calls = await CallsAsync(ToolDelta(null, "", "one", "{\"a\":1}"), ToolDelta(null, "", "two", "{\"b\":2}"));

        calls.Select(call => call.Name).ShouldBe(["one", "two"]);
        calls.ShouldAllBe(call => call.CallId.StartsWith("call_", StringComparison.Ordinal));
        calls[0].CallId.ShouldNotBe(calls[1].CallId);
    }

    [Fact]
    public async Task Pieces_without_an_index_belong_to_the_call_named_last()
    {
        var calls = await CallsAsync(
            ToolDelta(null, "a", "one", "{\"x\""),
            ToolDelta(null, null, null, ":1}"),
            ToolDelta(null, "b", "two", "{"),
            ToolDelta(null, "b", "two", "}"));

        calls.Select(call => call.CallId).ShouldBe(["a", "b"]);
        ((JsonElement)calls[0].Arguments!["x"]!).GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Name_repeated_in_every_piece_is_one_call()
    {
        var calls = await CallsAsync(ToolDelta(0, null, "one", "{\"x\":"), ToolDelta(0, null, "one", "{\"y\":2}}"));

        ((JsonElement)calls.Single().Arguments!["x"]!).GetProperty("y").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task New_id_in_every_piece_is_one_call()
    {
        var calls = await CallsAsync(ToolDelta(0, "a", "one", "{\"x\""), ToolDelta(0, "b", null, ":1}"));

        calls.Single().CallId.ShouldBe("a");
    }

    [Fact]
    public async Task One_id_for_all_calls_is_made_unique()
    {
        var calls = await CallsAsync(ToolDelta(0, "same", "one", "{}"), ToolDelta(1, "same", "two", "{}"));

        calls[0].CallId.ShouldBe("same");
        calls[1].CallId.ShouldStartWith("call_");
    }

    [Theory]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Missing_arguments_are_no_arguments(string arguments)
    {
        var call = (await CallsAsync(ToolDelta(0, "a", "one", arguments))).Single();

        call.Arguments!.ShouldBeEmpty();
        call.Exception.ShouldBeNull();
    }

    [Theory]
    [InlineData("{\"path\":")]
    [InlineData("[1]")]
    public async Task Broken_arguments_are_marked_on_the_call(string arguments)
    {
        var call = (await CallsAsync(ToolDelta(0, "a", "one", arguments))).Single();

        call.Exception.ShouldBeOfType<ModelException>().Failure.ShouldBe(ModelFailure.Malformed);
    }

    [Fact]
    public async Task Arguments_as_an_object_and_a_number_as_id_are_understood()
    {
        var calls = await CallsAsync("""{"choices":[{"index":0,"delta":{"tool_calls":[null,{"index":0,"id":7,"function":{"name":"one","arguments":{"x":1}}}]},"finish_reason":"stop"}]}""");

        calls.Single().CallId.ShouldBe("7");
        ((JsonElement)calls.Single().Arguments!["x"]!).GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Call_without_a_name_is_malformed()
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(Raw(ToolDelta(0, "a", null, "{}"), Finish("tool_calls")));
        using var client = Client(model);

        (await client.FailureAsync(User("oi"))).Failure.ShouldBe(ModelFailure.Malformed);
    }

    private static async Task<List<FunctionCallContent>> CallsAsync(params string[] events)
    {
        // "stop" although there are calls: older Ollama.
        var updates = await StreamAsync([.. events, Finish("stop"), "[DONE]"]);
        updates[^1].FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        return updates.Calls();
    }

    private static async Task<List<ChatResponseUpdate>> StreamAsync(params string[] events)
    {
        await using var model = await ScriptedModel.StartAsync();
        model.Enqueue(Raw(events));
        using var client = Client(model);
        return await client.CollectAsync(User("oi"));
    }
}
