namespace OpenClaw.AppHost;

/// <summary>
/// What can be given to the AppHost: <c>dotnet user-secrets set Parameters:ai-api-key ...</c>, or the environment with underscores,
/// <c>Parameters__ai_api_key=...</c>.
/// </summary>
internal static class ParameterNames
{
    public const string WahaApiKey = "waha-api-key";
    public const string WebhookHmacKey = "webhook-hmac-key";
    public const string AdminApiKey = "admin-api-key";
    public const string MasterKey = "master-key";
    public const string OwnerPhone = "owner-phone";
    public const string AiApiKey = "ai-api-key";
    public const string AiEndpoint = "ai-endpoint";
    public const string AiModel = "ai-model";
}
