using System.Runtime.InteropServices;

namespace OpenClaw.AppHost;

/// <summary>Images and their pinned tags, the same as in deploy/.</summary>
internal static class Images
{
    public const string Waha = "devlikeapro/waha";

    /// <summary>NOWEB speaks WhatsApp's protocol itself: no browser, a fifth of the memory.</summary>
    public const string WahaEngine = "NOWEB";

    public const string RedisTag = "7.4.6-alpine";

    public const string PostgresTag = "15.13-alpine";

    public const string Ollama = "ollama/ollama";

    public const string OllamaTag = "0.12.6";

    private const string WahaVersion = "2026.8.2";

    /// <summary>WAHA's images are made for one architecture each; what is published is for x64 servers.</summary>
    public static string WahaTag(bool isPublishing) =>
        !isPublishing && RuntimeInformation.OSArchitecture == Architecture.Arm64 ? $"noweb-arm-{WahaVersion}" : $"noweb-{WahaVersion}";
}
