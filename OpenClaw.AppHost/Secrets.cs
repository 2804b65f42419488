using OpenClaw.AppHost.Levels;

namespace OpenClaw.AppHost;

/// <param name="WahaApiKey">WAHA's API key.</param>
/// <param name="WebhookHmacKey">Signs WAHA's webhooks.</param>
/// <param name="AdminApiKey">Opens the Gateway's admin API.</param>
/// <param name="MasterKey">Wraps the keys of people's data; null for one process, which keeps its own in its data directory.</param>
/// <param name="OwnerPhone">Who is answered on WhatsApp; null = nobody yet.</param>
internal sealed record Secrets(
    IResourceBuilder<ParameterResource> WahaApiKey, IResourceBuilder<ParameterResource> WebhookHmacKey, IResourceBuilder<ParameterResource> AdminApiKey,
    IResourceBuilder<ParameterResource>? MasterKey, IResourceBuilder<ParameterResource>? OwnerPhone);

internal static class SecretParameters
{
    private const int Length = 43;

    /// <summary>
    /// Secrets are parameters. Keys that can be replaced are generated; those of a developer are kept in the user secrets. A master key that gets lost takes
    /// the data along, so a publish wants one that somebody made and keeps.
    /// </summary>
    public static Secrets AddSecrets(this IDistributedApplicationBuilder builder, SystemPlan plan) => new(
        builder.AddGenerated(ParameterNames.WahaApiKey),
        builder.AddGenerated(ParameterNames.WebhookHmacKey),
        builder.AddGenerated(ParameterNames.AdminApiKey),
        plan.IsSplit ? builder.AddMasterKey() : null,
        plan.IsSplit && (builder.ExecutionContext.IsPublishMode || builder.Configuration.HasParameter(ParameterNames.OwnerPhone))
            ? builder.AddParameter(ParameterNames.OwnerPhone, secret: true)
            : null);

    private static IResourceBuilder<ParameterResource> AddGenerated(this IDistributedApplicationBuilder builder, string name) =>
        builder.AddParameter(name, new GenerateParameterDefault { MinLength = Length, Special = false }, secret: true, persist: true);

    private static IResourceBuilder<ParameterResource> AddMasterKey(this IDistributedApplicationBuilder builder) => builder.ExecutionContext.IsPublishMode
        ? builder.AddParameter(ParameterNames.MasterKey, secret: true)
        : builder.AddParameter(ParameterNames.MasterKey, new MasterKeyDefault(), secret: true, persist: true);
}
