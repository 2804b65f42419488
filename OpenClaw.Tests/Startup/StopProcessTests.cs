using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Startup;

/// <summary>The end of real processes: SIGTERM in the middle of the work, and again.</summary>
public sealed class StopProcessTests : IDisposable
{
    private const string Stopping = "Application is shutting down";

    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(90));
    private readonly TaskCompletionSource _thinking = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose() => _patience.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stop_lets_the_answer_that_is_being_thought_about_go_out(bool isSplit)
    {
        await using var system = await StartAsync(isSplit);
        await BeginTurnAsync(system, "última");

        await system.Worker.TerminateAsync();
        await system.Worker.WaitUntilLoggedAsync(Stopping);
        using var health = await system.HealthAsync(system.Worker);
        _thinking.SetResult();

        (await system.Worker.WaitForExitAsync()).ShouldBe(0);
        health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await health.Content.ReadAsStringAsync()).ShouldContain("The process is stopping.");
        system.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("última");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Gateway_that_drains_still_answers_and_sends_new_webhooks_away(bool isSplit)
    {
        await using var system = await StartAsync(isSplit, ("Worker__Mode", "Embedded"));
        if (isSplit)
            await system.Worker.KillAsync();
        await BeginTurnAsync(system, "última");

        await system.Gateway.TerminateAsync();
        await system.Gateway.WaitUntilLoggedAsync(Stopping);
        using var health = await system.HealthAsync(system.Gateway);
        using var refused = await system.PostAsync("tarde demais");
        _thinking.SetResult();

        (await system.Gateway.WaitForExitAsync()).ShouldBe(0);
        health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter.ShouldNotBeNull().Delta.ShouldBe(TimeSpan.FromSeconds(2));
        system.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("última");
    }

    [Fact]
    public async Task A_webhook_that_came_before_the_stop_is_committed_and_acknowledged()
    {
        await using var system = await StartAsync(isSplit: false);
        var webhook = WahaWebhook.Text("a caminho");
        using var signed = WahaWebhook.Request(new Uri(system.Gateway.Url, "webhooks/waha"), Encoding.UTF8.GetBytes(webhook.Body), ProcessSettings.HmacKey);
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, system.Gateway.Url.Port, _patience.Token);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var head = new StringBuilder("POST /webhooks/waha HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nConnection: close\r\n");
        foreach (var (name, values) in signed.Headers.Concat(signed.Content!.Headers))
            head.Append(CultureInfo.InvariantCulture, $"{name}: {string.Join(", ", values)}\r\n");
        if (signed.Content.Headers.ContentLength is { } length && !head.ToString().Contains("Content-Length", StringComparison.Ordinal))
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _patience.Token);
        // The server asks for the body once it is read: the webhook is being handled.
        (await reader.ReadLineAsync(_patience.Token)).ShouldBe("HTTP/1.1 100 Continue");
        await reader.ReadLineAsync(_patience.Token);

        await system.Gateway.TerminateAsync();
        await system.Gateway.WaitUntilLoggedAsync(Stopping);
        await signed.Content.CopyToAsync(stream, _patience.Token);

        (await reader.ReadLineAsync(_patience.Token)).ShouldBe("HTTP/1.1 202 Accepted");
        (await system.Gateway.WaitForExitAsync()).ShouldBe(0);
        _thinking.SetResult();
        await system.ReplaceWorkerAsync();
        (await system.Waha.WaitForBubblesAsync(1, _patience.Token))[0].Text.ShouldBe("a caminho");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_takes_too_long_is_handed_back_in_time_and_given_once_after_the_next_start(bool isSplit)
    {
        await using var system = await StartAsync(isSplit, ("HostOptions__ShutdownTimeout", "00:00:04"));
        await BeginTurnAsync(system, "devagar");

        await system.Worker.TerminateAsync();
        (await system.Worker.WaitForExitAsync()).ShouldBe(0);
        system.Waha.Delivered.ShouldBeEmpty();

        await AnswerAfterRestartAsync(system, "devagar");
    }

    [Theory]
    [InlineData("TERM", 143)]
    [InlineData("INT", 130)]
    public async Task A_second_signal_ends_it_at_once_and_loses_nothing(string signal, int exitCode)
    {
        await using var system = await StartAsync(isSplit: false);
        await BeginTurnAsync(system, "cortada");
        await system.Worker.TerminateAsync();
        await system.Worker.WaitUntilLoggedAsync(Stopping);

        await system.Worker.TerminateAsync(signal);

        (await system.Worker.WaitForExitAsync()).ShouldBe(exitCode);
        system.Worker.Errors.ShouldContain("asked to stop twice");
        system.Waha.Delivered.ShouldBeEmpty();
        await AnswerAfterRestartAsync(system, "cortada");
    }

    private async Task<RunningSystem> StartAsync(bool isSplit, params (string Key, string Value)[] settings)
    {
        var system = await RunningSystem.StartAsync(isSplit, settings);
        system.Model.OnRequest = _ => ScriptedReply.Echo() with { HoldUntil = _thinking.Task };
        return system;
    }

    private async Task BeginTurnAsync(RunningSystem system, string text)
    {
        using var accepted = await system.PostAsync(text);
        accepted.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await system.Model.NextRequestAsync(_patience.Token);
    }

    private async Task AnswerAfterRestartAsync(RunningSystem system, string text)
    {
        _thinking.SetResult();
        await system.ReplaceWorkerAsync();
        (await system.Waha.WaitForBubblesAsync(1, _patience.Token)).ShouldHaveSingleItem().Text.ShouldBe(text);

        // Stopped when it has nothing left to do: what has not been sent by then is not sent.
        await system.Worker.TerminateAsync();
        (await system.Worker.WaitForExitAsync()).ShouldBe(0);
        system.Waha.Delivered.Count.ShouldBe(1);
    }
}
