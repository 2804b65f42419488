using Microsoft.Extensions.Options;

namespace OpenClaw.Core.WhatsApp;

/// <summary>Stops the start with a sentence that says what to write. Values are not repeated: addresses may hold passwords.</summary>
internal sealed class WahaOptionsValidator : IValidateOptions<WahaOptions>
{
    public ValidateOptionsResult Validate(string? name, WahaOptions options)
    {
        var failures = Failures(options).ToList();
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(WahaOptions options)
    {
        if (!options.UsesSimulator && (!IsHttp(options.BaseUrl, out var address) || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0))
            yield return "Waha__BaseUrl is not an address of WAHA: write an absolute http or https address without user name or query, for example http://waha:3000, or remove the key to use the built-in simulator.";

        for (var i = 0; i < options.Sessions.Count; i++)
        {
            if (string.IsNullOrWhiteSpace(options.Sessions[i]))
                yield return $"Waha__Sessions__{i} is empty: write the name of a WAHA session, for example default, or remove the key.";
        }

        if (!string.IsNullOrEmpty(options.WebhookUrl) && !IsHttp(options.WebhookUrl, out _))
            yield return "Waha__WebhookUrl is not an address: write this gateway's absolute http or https address as WAHA sees it, for example http://gateway:5080/webhooks/waha, or remove the key.";

        if (options.SessionPollInterval < TimeSpan.FromSeconds(5) || options.SessionPollInterval > TimeSpan.FromMinutes(10))
            yield return "Waha__SessionPollInterval is out of bounds: write a time from 00:00:05 to 00:10:00, for example 00:00:30.";
    }

    private static bool IsHttp(string? text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? address) =>
        Uri.TryCreate(text, UriKind.Absolute, out address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.Host.Length > 0;
}
