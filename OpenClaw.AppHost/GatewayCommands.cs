using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;

namespace OpenClaw.AppHost;

/// <summary>Commands of the dashboard. They call the Gateway's admin API with its key, or start and stop processes.</summary>
internal static partial class GatewayCommands
{
    private const string KeyHeader = "X-Api-Key";

    // The one session that is served unless Waha__Sessions__0 says otherwise.
    private const string QrPath = "/api/sessions/default/qr";

    public static IResourceBuilder<ProjectResource> WithReplayCommand(this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> key) =>
        gateway.WithHttpCommand("/api/dead-letters/replay", "Replay dead letters", ResourceNames.Http, "replay-dead-letters", new()
        {
            Description = "Puts everything that was given up back where it waits; each is answered or sent once.",
            ConfirmationMessage = "Replay all dead letters?",
            IconName = "ArrowReplyAll",
            PrepareRequest = request => PresentAsync(request, key),
            GetCommandResult = TellReplayAsync,
        });

    public static IResourceBuilder<ProjectResource> WithQrCommand(this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> key) =>
        gateway.WithHttpCommand(QrPath, "Show QR code", ResourceNames.Http, "show-qr", new()
        {
            Method = HttpMethod.Get,
            Description = "Links a phone: WhatsApp, Linked devices, Link a device. Whoever sees the code can take the session over.",
            IconName = "QrCode",
            IsHighlighted = true,
            PrepareRequest = request => PresentAsync(request, key),
            GetCommandResult = ShowQrAsync,
        });

    /// <summary>Without Workers nobody answers, and nothing is lost: the Gateway goes on taking messages in, and they are answered afterwards.</summary>
    public static IResourceBuilder<ProjectResource> WithPauseCommands(this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ProjectResource> worker) => gateway
        .WithCommand("pause-bot", "Pause the bot", context => RunAsync(context, worker.Resource, KnownResourceCommands.StopCommand), new()
        {
            Description = "Stops the Workers. Messages are still taken in, and answered after the bot is resumed.",
            IconName = "Pause",
        })
        .WithCommand("resume-bot", "Resume the bot", context => RunAsync(context, worker.Resource, KnownResourceCommands.StartCommand), new()
        {
            Description = "Starts the Workers; what came meanwhile is answered.",
            IconName = "Play",
        });

    private static Task<ExecuteCommandResult> RunAsync(ExecuteCommandContext context, IResource resource, string command) =>
        context.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(resource, command, context.CancellationToken);

    private static async Task PresentAsync(HttpCommandRequestContext context, IResourceBuilder<ParameterResource> key) =>
        context.Request.Headers.Add(KeyHeader, await key.Resource.GetValueAsync(context.CancellationToken));

    private static async Task<ExecuteCommandResult> TellReplayAsync(HttpCommandResultContext context)
    {
        if (!context.Response.IsSuccessStatusCode)
            return await RefusalAsync(context);
        var sweep = await context.Response.Content.ReadFromJsonAsync(AdminAnswers.Default.Sweep, context.CancellationToken);
        return CommandResults.Success($"{sweep?.Replayed ?? 0} replayed, {sweep?.Refused?.Count ?? 0} refused.");
    }

    private static async Task<ExecuteCommandResult> ShowQrAsync(HttpCommandResultContext context)
    {
        if (!context.Response.IsSuccessStatusCode)
            return await RefusalAsync(context);
        var dialogs = context.Services.GetRequiredService<IInteractionService>();
        if (!dialogs.IsAvailable)
            return CommandResults.Failure("The code is an image: open the dashboard to see it.");

        var png = Convert.ToBase64String(await context.Response.Content.ReadAsByteArrayAsync(context.CancellationToken));
        await dialogs.PromptMessageBoxAsync(
            "Link a phone",
            $"On the phone: WhatsApp, Linked devices, Link a device. The code lives for 20 to 60 seconds; ask for it again when it is over.\n\n![QR code](data:image/png;base64,{png})",
            new() { EnableMessageMarkdown = true },
            context.CancellationToken);
        return CommandResults.Success();
    }

    // The admin API explains its refusals in one sentence that is made to be shown.
    private static async Task<ExecuteCommandResult> RefusalAsync(HttpCommandResultContext context)
    {
        try
        {
            var problem = await context.Response.Content.ReadFromJsonAsync(AdminAnswers.Default.Problem, context.CancellationToken);
            return CommandResults.Failure(problem?.Detail ?? $"The Gateway answered {(int)context.Response.StatusCode}.");
        }
        catch (JsonException)
        {
            return CommandResults.Failure($"The Gateway answered {(int)context.Response.StatusCode}.");
        }
    }

    private sealed record Sweep(int Replayed, IReadOnlyList<JsonElement>? Refused);

    private sealed record Problem(string? Detail);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Sweep))]
    [JsonSerializable(typeof(Problem))]
    private sealed partial class AdminAnswers : JsonSerializerContext;
}
