using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http.Features;
using OpenClaw.Gateway.Simulator.Faults;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Gateway.Simulator.Phone;

/// <summary>
/// <c>GET events?person=ana</c>: server-sent events. The first is a <c>snapshot</c> of everything, so a connection that was lost
/// needs no <c>Last-Event-ID</c>; then <c>message</c>, <c>notice</c>, <c>typing</c>, <c>webhook</c> and <c>faults</c> as they happen.
/// </summary>
internal sealed class PhoneStream(SimulatedWaha waha, FaultPanel faults, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>A comment this often keeps proxies from closing a quiet stream, and finds phones that went away.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    /// <summary>Maps the stream.</summary>
    public void Map(RouteGroupBuilder group) => group.MapGet("/events", StreamAsync);

    private async Task StreamAsync(HttpContext context)
    {
        if (waha.ChatOf(context.Request.Query["person"].ToString()) is not { } chat)
        {
            await PhoneJson.RefuseAsync(context, StatusCodes.Status404NotFound, "unknown_person");
            return;
        }

        if (chat.Open() is not { } view)
        {
            await PhoneJson.RefuseAsync(context, StatusCodes.Status503ServiceUnavailable, "too_many_phones");
            return;
        }

        // Streams end by themselves when the host stops: it waits for open requests, and these would never end.
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        try
        {
            await WriteAllAsync(context, view, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The phone was closed, or the host stops.
        }
        finally
        {
            chat.Close(view);
        }
    }

    private async Task WriteAllAsync(HttpContext context, ChatView view, CancellationToken cancellationToken)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";

        var output = context.Response.BodyWriter;
        output.Write("retry: 1000\n\n"u8);
        var (messages, notices, typing, webhooks) = view.Snapshot;
        var snapshot = new PhoneSnapshot(messages.Select(PhoneMessage.From), notices.Select(PhoneNotice.From), typing, webhooks, faults.On);
        Write(output, "snapshot"u8, snapshot, PhoneJson.Default.PhoneSnapshot);
        await output.FlushAsync(cancellationToken);

        while (await MoreAsync(context, view, cancellationToken))
        {
            while (view.Changes.TryRead(out var change))
                Write(output, change);
            await output.FlushAsync(cancellationToken);
        }
    }

    private async Task<bool> MoreAsync(HttpContext context, ChatView view, CancellationToken cancellationToken)
    {
        var more = view.Changes.WaitToReadAsync(cancellationToken).AsTask();
        while (true)
        {
            try
            {
                return await more.WaitAsync(Heartbeat, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                context.Response.BodyWriter.Write(":\n\n"u8);
                await context.Response.BodyWriter.FlushAsync(cancellationToken);
            }
        }
    }

    private static void Write(IBufferWriter<byte> output, ChatChange change)
    {
        switch (change)
        {
            case ChatChange.Message message:
                Write(output, "message"u8, PhoneMessage.From(message.Value), PhoneJson.Default.PhoneMessage);
                break;
            case ChatChange.Notice notice:
                Write(output, "notice"u8, PhoneNotice.From(notice.Value), PhoneJson.Default.PhoneNotice);
                break;
            case ChatChange.Faults faults:
                Write(output, "faults"u8, new PhoneFaults(faults.On), PhoneJson.Default.PhoneFaults);
                break;
            case ChatChange.Typing typing:
                Write(output, "typing"u8, new PhoneTyping(typing.Value), PhoneJson.Default.PhoneTyping);
                break;
            case ChatChange.Webhook webhook:
                Write(output, "webhook"u8, webhook.Value, PhoneJson.Default.WebhookReport);
                break;
        }
    }

    /// <summary>One event. JSON has no raw line breaks, so its data is one line.</summary>
    private static void Write<T>(IBufferWriter<byte> output, ReadOnlySpan<byte> name, T value, JsonTypeInfo<T> type)
    {
        output.Write("event: "u8);
        output.Write(name);
        output.Write("\ndata: "u8);
        using (var json = new Utf8JsonWriter(output))
            JsonSerializer.Serialize(json, value, type);
        output.Write("\n\n"u8);
    }
}
