using Microsoft.Extensions.Options;

namespace OpenClaw.Gateway.Admin;

/// <summary>Who may use the admin API. Section <c>Admin</c>.</summary>
internal sealed class AdminOptions
{
    /// <summary>Sent by callers as <c>X-Api-Key</c>, at least 16 characters. Empty = generated in the data directory, file <c>admin.key</c>.</summary>
    public string? ApiKey { get; set; }
}

internal sealed class AdminOptionsValidator : IValidateOptions<AdminOptions>
{
    private const int Shortest = 16;

    public ValidateOptionsResult Validate(string? name, AdminOptions options) =>
        string.IsNullOrWhiteSpace(options.ApiKey) || (options.ApiKey.Length >= Shortest && options.ApiKey.All(static letter => letter is > ' ' and <= '~'))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Admin__ApiKey must be at least 16 letters and digits without blanks; `openssl rand -hex 32` makes such a key. Unset it to have one generated.");
}
