namespace OpenClaw.Worker.Models;

/// <summary>What the start report says about the model; nothing secret.</summary>
/// <param name="Provider"><c>OpenAI</c> or <c>Offline</c>.</param>
/// <param name="Model">The model's name, or <c>rules</c> offline.</param>
/// <param name="EndpointHost">Host, and port where it is not the scheme's own; null offline.</param>
internal sealed record ModelDescription(string Provider, string Model, string? EndpointHost)
{
    public static ModelDescription Of(AiModelOptions options) => options.IsOffline
        ? new("Offline", "rules", null)
        : new("OpenAI", options.ModelName, options.EndpointAddress.Authority);

    /// <summary>For the start report.</summary>
    public override string ToString() => EndpointHost is null ? "offline brain (rule-based, no model)" : $"{Model} at {EndpointHost}";
}
