using System.Diagnostics;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.WhatsApp;

public sealed class SendTextTests
{
    [Theory]
    [InlineData(FakeWahaEngine.Noweb)]
    [InlineData(FakeWahaEngine.Webjs)]
    [InlineData(FakeWahaEngine.Gows)]
    internal async Task Accepted_send_brings_the_raw_id_whatever_the_engine(FakeWahaEngine engine)
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.Engine = engine;
        using var rig = new ClientRig(waha.Url);

        var result = await rig.SendAsync("olá 👋", replyTo: "false_5511987654321@c.us_3EB0AA");

        var bubble = waha.Delivered.ShouldHaveSingleItem();
        bubble.Text.ShouldBe("olá 👋");
        bubble.ChatId.ShouldBe("5511987654321@c.us");
        bubble.ReplyTo.ShouldBe("false_5511987654321@c.us_3EB0AA");
        result.ShouldBe(new SendResult(SendOutcome.Accepted, bubble.RawId, null, "http_201"));
    }

    [Fact]
    public async Task Accepted_send_with_an_empty_answer_has_no_raw_id()
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.Engine = FakeWahaEngine.Empty;
        using var rig = new ClientRig(waha.Url);

        (await rig.SendAsync()).ShouldBe(new SendResult(SendOutcome.Accepted, null, null, "http_201"));
    }

    [Theory]
    [InlineData(FakeWahaFault.Refuse500BeforeDelivery, SendOutcome.Uncertain, "http_500", 0)]
    [InlineData(FakeWahaFault.DeliveredBut500, SendOutcome.Uncertain, "http_500", 1)]
    [InlineData(FakeWahaFault.DeliveredButCut, SendOutcome.Uncertain, "connection_cut", 1)]
    [InlineData(FakeWahaFault.NotDeliveredAndCut, SendOutcome.Uncertain, "connection_cut", 0)]
    [InlineData(FakeWahaFault.Refuse422, SendOutcome.Refused, "http_422", 0)]
    [InlineData(FakeWahaFault.SessionGone, SendOutcome.Unavailable, "session_not_working", 0)]
    [InlineData(FakeWahaFault.Redirect, SendOutcome.Refused, "redirected", 0)]
    internal async Task Each_failure_of_a_send_is_told_apart(FakeWahaFault fault, SendOutcome outcome, string reason, int delivered)
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.OnSend = _ => fault;
        using var rig = new ClientRig(waha.Url);

        var result = await rig.SendAsync("a very private text");

        result.ShouldBe(new SendResult(outcome, null, null, reason));
        waha.Delivered.Count.ShouldBe(delivered);
        waha.Calls.Count.ShouldBe(1);
        rig.Log.Lines.ShouldHaveSingleItem().ShouldContain("/api/sendText");
        rig.Log.Lines.ShouldAllBe(line => !line.Contains("private") && !line.Contains("5511987654321"));
    }

    [Theory]
    [InlineData(FakeWahaFault.TooManyRequests, SendOutcome.Unavailable, "http_429")]
    [InlineData(FakeWahaFault.Unavailable503, SendOutcome.Uncertain, "http_503")]
    internal async Task Retry_after_is_handed_on(FakeWahaFault fault, SendOutcome outcome, string reason)
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.RetryAfter = TimeSpan.FromSeconds(7);
        waha.FaultNext(fault);
        using var rig = new ClientRig(waha.Url);

        (await rig.SendAsync()).ShouldBe(new SendResult(outcome, null, TimeSpan.FromSeconds(7), reason));
        (await rig.SendAsync()).Outcome.ShouldBe(SendOutcome.Accepted);
    }

    [Fact]
    public async Task Wrong_key_is_a_refusal_that_may_pass_later()
    {
        await using var waha = await FakeWaha.StartAsync();
        using var rig = new ClientRig(waha.Url, apiKey: "wrong");
        using var keyless = new ClientRig(waha.Url, apiKey: null);

        (await rig.SendAsync()).ShouldBe(new SendResult(SendOutcome.Unavailable, null, null, "unauthorized"));
        (await keyless.SendAsync()).Reason.ShouldBe("unauthorized");
        waha.Delivered.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("STARTING")]
    [InlineData("SCAN_QR_CODE")]
    [InlineData("PASSKEY_REQUIRED")]
    public async Task Session_that_is_not_working_blocks_and_is_a_refusal_that_may_pass_later(string status)
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.Sessions["default"] = status;
        waha.BlockFor = Timeout.InfiniteTimeSpan;
        using var rig = new ClientRig(waha.Url);

        var sending = rig.SendAsync();
        await waha.WaitForCallsAsync<SendTextCall>(1, rig.Guard);
        sending.IsCompleted.ShouldBeFalse();
        waha.Release();

        (await sending).ShouldBe(new SendResult(SendOutcome.Unavailable, null, null, "session_not_working"));
    }

    [Fact]
    public async Task Send_that_takes_too_long_is_uncertain_and_may_still_be_delivered()
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.FaultNext(FakeWahaFault.HangThenDeliver);
        using var rig = new ClientRig(waha.Url);

        var sending = rig.SendAsync();
        await waha.WaitForCallsAsync<SendTextCall>(1, rig.Guard);
        rig.Time.RunOut();

        (await sending).ShouldBe(new SendResult(SendOutcome.Uncertain, null, null, "timeout"));
        waha.Delivered.ShouldBeEmpty();
        waha.Release();
        (await waha.WaitForBubblesAsync(1, rig.Guard)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Caller_who_gives_up_gets_the_cancellation()
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.FaultNext(FakeWahaFault.DeliverThenHang);
        using var rig = new ClientRig(waha.Url);
        using var caller = new CancellationTokenSource();

        var sending = rig.Client.SendTextAsync("default", "1555@c.us", "x", null, ClientRig.Patience, null, null, caller.Token);
        await waha.WaitForBubblesAsync(bubbles => bubbles.Count == 1, rig.Guard);
        await caller.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(sending);
        await Should.ThrowAsync<OperationCanceledException>(rig.Client.SendTextAsync("default", "1555@c.us", "x", null, ClientRig.Patience, null, null, caller.Token));
    }

    [Fact]
    public async Task Nobody_listening_means_nothing_was_sent()
    {
        await using var waha = await FakeWaha.StartAsync();
        await waha.StopAsync();
        using var rig = new ClientRig(waha.Url);

        (await rig.SendAsync()).ShouldBe(new SendResult(SendOutcome.Unavailable, null, null, "connection_refused"));
        await waha.RestartAsync();
        (await rig.SendAsync()).Outcome.ShouldBe(SendOutcome.Accepted);
    }

    [Fact]
    public async Task Waha_that_dies_during_a_send_leaves_it_uncertain_and_undelivered()
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.FaultNext(FakeWahaFault.HangThenDeliver);
        using var rig = new ClientRig(waha.Url);

        var sending = rig.SendAsync("lost");
        await waha.WaitForCallsAsync<SendTextCall>(1, rig.Guard);
        await waha.StopAsync();

        (await sending).ShouldBe(new SendResult(SendOutcome.Uncertain, null, null, "connection_cut"));
        await waha.RestartAsync();
        waha.Release();
        (await rig.SendAsync("kept")).Outcome.ShouldBe(SendOutcome.Accepted);
        waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("kept");
    }

    [Fact]
    public async Task Phone_keeps_its_log_while_waha_restarts()
    {
        await using var waha = await FakeWaha.StartAsync();
        using var rig = new ClientRig(waha.Url);
        (await rig.SendAsync("before")).Outcome.ShouldBe(SendOutcome.Accepted);

        await waha.RestartAsync();

        (await rig.SendAsync("after")).Outcome.ShouldBe(SendOutcome.Accepted);
        var read = await rig.Client.GetMessagesAsync("default", "5511987654321@c.us", DateTimeOffset.UnixEpoch, 10, ClientRig.Patience, rig.Guard);
        read.Messages.Select(message => message.Text).ShouldBe(["before", "after"]);
    }

    [Fact]
    public async Task Address_or_time_that_is_missing_means_nothing_was_sent()
    {
        using var nowhere = new ClientRig(address: null);
        (await nowhere.SendAsync()).ShouldBe(new SendResult(SendOutcome.Unavailable, null, null, "waha_not_ready"));

        using var late = new ClientRig(new Uri("http://127.0.0.1:9/"));
        var result = await late.Client.SendTextAsync("default", "1555@c.us", "x", null, TimeSpan.FromSeconds(-1), null, null, late.Guard);
        result.ShouldBe(new SendResult(SendOutcome.Unavailable, null, null, "no_time_left"));
    }

    [Fact]
    public async Task Unknown_host_means_nothing_was_sent()
    {
        using var rig = new ClientRig(new Uri("http://no-such-host.invalid/"));

        (await rig.SendAsync()).ShouldBe(new SendResult(SendOutcome.Unavailable, null, null, "connection_refused"));
    }

    [Fact]
    public async Task Request_id_and_trace_travel_along_without_ids_in_the_span()
    {
        await using var waha = await FakeWaha.StartAsync();
        using var rig = new ClientRig(waha.Url);
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var test = new Activity("test").Start();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "OpenClaw.WhatsApp",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) =>
                options.Parent.TraceId == test.TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        await rig.SendAsync(requestId: "req-42");
        await rig.Client.GetMessagesAsync("default", "5511987654321@c.us", DateTimeOffset.UnixEpoch, 5, ClientRig.Patience, rig.Guard);
        waha.Sessions["default"] = "FAILED";
        await rig.SendAsync();

        var call = (await waha.WaitForCallsAsync<SendTextCall>(2, rig.Guard))[0];
        call.RequestId.ShouldBe("req-42");
        call.TraceParent.ShouldNotBeNull().ShouldContain(test.TraceId.ToHexString());
        spans.Select(span => span.DisplayName).ShouldBe(["POST /api/sendText", "GET /api/{session}/chats/{chatId}/messages", "POST /api/sendText"]);
        spans.Last().Status.ShouldBe(ActivityStatusCode.Error);
        spans.SelectMany(span => span.TagObjects).ShouldAllBe(tag => !$"{tag.Value}".Contains("5511987654321"));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_does_not_break_the_send()
    {
        await using var waha = await FakeWaha.StartAsync();
        using var rig = new ClientRig(waha.Url);

        (await rig.SendAsync("cut \ud83d")).Outcome.ShouldBe(SendOutcome.Accepted);
        waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("cut \ufffd");
    }

    [Fact]
    public async Task Empty_text_is_sent_and_bad_ids_are_answered_not_thrown()
    {
        await using var waha = await FakeWaha.StartAsync();
        using var rig = new ClientRig(waha.Url);

        (await rig.SendAsync("")).Outcome.ShouldBe(SendOutcome.Accepted);
        (await rig.SendAsync(chatId: "15551234567")).Outcome.ShouldBe(SendOutcome.Accepted);
        waha.Delivered[^1].ChatId.ShouldBe("15551234567@c.us");
        (await rig.SendAsync(chatId: null!)).ShouldBe(new SendResult(SendOutcome.Uncertain, null, null, "http_500"));
    }
}
