using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Security;

/// <summary>Where the master key comes from. Section <c>Security</c>. Nothing set = a generated file in the data directory.</summary>
public sealed class SecurityOptions
{
    /// <summary>The key itself: 32 bytes in base64 (<c>openssl rand -base64 32</c>).</summary>
    public string? MasterKey { get; set; }

    /// <summary>A file that holds the key in base64; only its owner may read it (0600).</summary>
    public string? MasterKeyFile { get; set; }

    /// <summary>A command that prints the key in base64: an executable and its arguments, split at spaces; no shell is started.</summary>
    public string? MasterKeyCommand { get; set; }
}

/// <summary>At most one source of the master key.</summary>
internal sealed class SecurityOptionsValidator : IValidateOptions<SecurityOptions>
{
    public ValidateOptionsResult Validate(string? name, SecurityOptions options)
    {
        var sources = new[] { options.MasterKey, options.MasterKeyFile, options.MasterKeyCommand }.Count(s => !string.IsNullOrWhiteSpace(s));
        if (sources > 1)
            return ValidateOptionsResult.Fail("Set only one of Security__MasterKey, Security__MasterKeyFile and Security__MasterKeyCommand.");
        return string.IsNullOrWhiteSpace(options.MasterKey) || MasterKey.TryParse(options.MasterKey) is not null
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Security__MasterKey must be 32 bytes in base64; `openssl rand -base64 32` makes one.");
    }
}
