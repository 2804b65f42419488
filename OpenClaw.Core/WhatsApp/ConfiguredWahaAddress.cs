using Microsoft.Extensions.Options;

namespace OpenClaw.Core.WhatsApp;

/// <summary>The WAHA named by <c>Waha__BaseUrl</c>.</summary>
internal sealed class ConfiguredWahaAddress(IOptions<WahaOptions> options) : IWahaAddress
{
    public Uri? BaseAddress { get; } = WithSlash(options.Value.BaseUrl);

    public string? ApiKey => options.Value.ApiKey;

    // Without the slash a path prefix of the address would be dropped when relative addresses are resolved.
    private static Uri? WithSlash(string? url) =>
        string.IsNullOrWhiteSpace(url) ? null : new Uri(url.TrimEnd('/') + "/", UriKind.Absolute);
}
