using OpenClaw.Gateway.Simulator.Faults;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Gateway.Simulator.Phone;

/// <summary>What the page's buttons do.</summary>
internal sealed class PhoneApi(SimulatedWaha waha, SimulatorWebhooks webhooks, FaultPanel faults)
{
    private const int MostBodyBytes = 64 * 1024;

    /// <summary>Maps <c>POST messages</c>, <c>POST resend</c> and <c>POST faults</c>.</summary>
    public void Map(RouteGroupBuilder group)
    {
        group.MapPost("/messages", SendAsync);
        group.MapPost("/resend", ResendAsync);
        group.MapPost("/faults", PressAsync);
    }

    private async Task SendAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context.Request, PhoneJson.Default.SendRequest, MostBodyBytes, context.RequestAborted);
        if (body.Value is not { } request)
            await RefuseBodyAsync(context, body.Status);
        else if (waha.ChatOf(request.Person) is not { } chat)
            await PhoneJson.RefuseAsync(context, StatusCodes.Status404NotFound, "unknown_person");
        else if (string.IsNullOrWhiteSpace(request.Text))
            await PhoneJson.RefuseAsync(context, StatusCodes.Status400BadRequest, "empty_text");
        else
            await PhoneJson.WriteAsync(
                context, StatusCodes.Status201Created, new SendAnswer(faults.Send(chat, request.Text).RawId), PhoneJson.Default.SendAnswer);
    }

    private async Task ResendAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context.Request, PhoneJson.Default.ResendRequest, MostBodyBytes, context.RequestAborted);
        if (body.Value is not { } request)
        {
            await RefuseBodyAsync(context, body.Status);
        }
        else if (waha.ChatOf(request.Person) is not { } chat)
        {
            await PhoneJson.RefuseAsync(context, StatusCodes.Status404NotFound, "unknown_person");
        }
        else if (chat.LatestReceived is not { } webhook)
        {
            await PhoneJson.RefuseAsync(context, StatusCodes.Status409Conflict, "nothing_sent");
        }
        else
        {
            var report = await webhooks.ResendAsync(webhook, context.RequestAborted);
            await PhoneJson.WriteAsync(context, StatusCodes.Status200OK, new ResendAnswer(webhook.Event, report.Status), PhoneJson.Default.ResendAnswer);
        }
    }

    private async Task PressAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context.Request, PhoneJson.Default.FaultRequest, MostBodyBytes, context.RequestAborted);
        if (body.Value is not { } request)
        {
            await RefuseBodyAsync(context, body.Status);
        }
        else if (FaultNames.Parse(request.Fault) is not { } fault)
        {
            await PhoneJson.RefuseAsync(context, StatusCodes.Status400BadRequest, "unknown_fault");
        }
        else if (waha.ChatOf(request.Person) is not { } chat)
        {
            await PhoneJson.RefuseAsync(context, StatusCodes.Status400BadRequest, "unknown_person");
        }
        else if (request.On is false && !FaultNames.Lasts(fault))
        {
            await PhoneJson.RefuseAsync(context, StatusCodes.Status400BadRequest, "nothing_to_end");
        }
        else
        {
            var press = await faults.PressAsync(fault, chat, request.On ?? true, context.RequestAborted);
            if (press.Refusal is { } reason)
                await PhoneJson.RefuseAsync(context, StatusCodes.Status409Conflict, reason);
            else
                await PhoneJson.WriteAsync(context, StatusCodes.Status200OK, new FaultAnswer(press.Chat, press.On), PhoneJson.Default.FaultAnswer);
        }
    }

    private static Task RefuseBodyAsync(HttpContext context, int status) => PhoneJson.RefuseAsync(
        context, status, status == StatusCodes.Status413PayloadTooLarge ? "too_large" : "not_json");
}
