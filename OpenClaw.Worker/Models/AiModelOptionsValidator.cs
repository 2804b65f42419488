using Microsoft.Extensions.Options;

namespace OpenClaw.Worker.Models;

/// <summary>Refuses model settings that could not work, in words that name the key and the value to write.</summary>
internal sealed class AiModelOptionsValidator : IValidateOptions<AiModelOptions>
{
    // "60" binds as sixty days: whatever is longer than an hour was meant as seconds.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, AiModelOptions options)
    {
        var failures = new List<string>();
        CheckTime(failures, nameof(options.FirstTokenTimeout), options.FirstTokenTimeout, "00:01:00");
        CheckTime(failures, nameof(options.TokenTimeout), options.TokenTimeout, "00:00:30");
        CheckTime(failures, nameof(options.TotalTimeout), options.TotalTimeout, "00:03:00");
        if (options.MaxOutputTokens is <= 0)
            failures.Add("Ai__Main__MaxOutputTokens must be at least 1; write for example 1024, or leave it out.");

        if (string.Equals(options.Provider, "OpenAI", StringComparison.OrdinalIgnoreCase))
            CheckOpenAi(failures, options);
        else if (string.Equals(options.Provider, "Anthropic", StringComparison.OrdinalIgnoreCase))
            failures.Add("Ai__Main__Provider is 'Anthropic', which is not served yet; write OpenAI (any compatible server) or Offline.");
        else if (!options.IsOffline)
            failures.Add($"Ai__Main__Provider is '{options.Provider}', which is unknown; write OpenAI or Offline.");

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckOpenAi(List<string> failures, AiModelOptions options)
    {
        if (!options.HasOwnEndpoint)
        {
            if (string.IsNullOrWhiteSpace(options.ApiKey))
                failures.Add("Ai__Main__ApiKey is missing; write the key of your OpenAI account, or set Ai__Main__Endpoint to a server that needs none.");
        }
        else if (!Uri.TryCreate(options.Endpoint!.Trim(), UriKind.Absolute, out var endpoint)
                 || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
        {
            failures.Add("Ai__Main__Endpoint must be an absolute http or https address; write for example http://localhost:11434/v1.");
        }
    }

    private static void CheckTime(List<string> failures, string key, TimeSpan value, string example)
    {
        if (value <= TimeSpan.Zero || value > Longest)
            failures.Add($"Ai__Main__{key} must be more than zero and at most 01:00:00; write hours:minutes:seconds, for example {example}.");
    }
}
