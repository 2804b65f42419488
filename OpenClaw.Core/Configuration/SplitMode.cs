using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace OpenClaw.Core.Configuration;

/// <summary>One Gateway and any number of Workers, each a process of its own, with Redis between them: <c>ConnectionStrings__redis</c> is set.</summary>
public static class SplitMode
{
    /// <summary>Name of the Redis connection string.</summary>
    public const string Connection = "redis";

    private const int RedisPort = 6379;

    /// <summary>Whether this process is part of a split system.</summary>
    public static bool IsOn(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration.GetConnectionString(Connection));

    /// <summary>Where Redis is, as <c>host:port</c> without anything else that the connection string holds; null without one.</summary>
    /// <remarks>Only what stands before the first option: what looks like an address behind it may be the rest of a password with a comma.</remarks>
    public static string? RedisAddress(IConfiguration configuration) => configuration.GetConnectionString(Connection) is { } text && IsOn(configuration)
        ? string.Join(", ", text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeWhile(static part => !part.Contains('=')).Select(HostAndPort))
        : null;

    /// <summary>What several processes need and one does not, one sentence for each that is missing; empty when all is there, and outside of split mode.</summary>
    public static IReadOnlyList<string> Missing(IConfiguration configuration)
    {
        if (!IsOn(configuration))
            return [];

        var sentences = new List<string>();
        if (IsUnset(configuration, "Waha:BaseUrl"))
            sentences.Add("Waha__BaseUrl is missing: the built-in simulator lives in one process only, so with ConnectionStrings__redis write the address of a WAHA, for example http://waha:3000.");
        if (IsUnset(configuration, "Security:MasterKey") && IsUnset(configuration, "Security:MasterKeyFile") && IsUnset(configuration, "Security:MasterKeyCommand"))
        {
            sentences.Add(
                "Security__MasterKeyFile is missing: with ConnectionStrings__redis all processes must be given the same master key, so write a file that holds it (or set Security__MasterKey or "
                + "Security__MasterKeyCommand). `openssl rand -base64 32` makes one; data of a single process needs the one that it was started with, master.key in its data directory.");
        }

        return sentences;
    }

    private static bool IsUnset(IConfiguration configuration, string key) => string.IsNullOrWhiteSpace(configuration[key]);

    // redis://user:password@host:port is written too; only host and port may be seen.
    private static string HostAndPort(string part) =>
        Uri.TryCreate(part.Contains("://", StringComparison.Ordinal) ? part : "redis://" + part, UriKind.Absolute, out var uri)
            ? string.Create(CultureInfo.InvariantCulture, $"{uri.Host}:{(uri.Port > 0 ? uri.Port : RedisPort)}")
            : "(not an address)";
}
