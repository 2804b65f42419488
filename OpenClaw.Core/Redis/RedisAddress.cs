using OpenClaw.Core.Configuration;
using StackExchange.Redis;

namespace OpenClaw.Core.Redis;

/// <summary>The connection string, with the settings that our own time limits and reconnects rely on.</summary>
internal static class RedisAddress
{
    private const string WhatToWrite =
        "ConnectionStrings__redis is not a Redis connection string; write `host:port`, with `,password=...` or `,ssl=true` behind it where needed.";

    // The driver would look for a host of that name, and tell it on.
    private const string AddressesFirst =
        "ConnectionStrings__redis has a part without `=` behind its options: write all addresses first. Where that part belongs to the password, give Redis one without a comma: a connection string cannot hold it.";

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <exception cref="StartupException">It cannot be read. The sentence does not hold it: there may be a password in it.</exception>
    public static ConfigurationOptions Parse(string connectionString)
    {
        if (connectionString.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SkipWhile(static part => !part.Contains('=')).Any(static part => !part.Contains('=')))
            throw new StartupException(AddressesFirst);
        var options = Read(connectionString) ?? throw new StartupException(WhatToWrite);
        // Scripts publish past the driver, which would listen under another name.
        if (!((string?)options.ChannelPrefix is null or ""))
            throw new StartupException("ConnectionStrings__redis sets channelPrefix, which OpenClaw cannot use: remove that part. What it keeps in Redis has a prefix of its own.");
        // A start never waits for an absent Redis, and one that comes late is found within a second.
        options.AbortOnConnectFail = false;
        options.ConnectRetry = 1;
        options.ConnectTimeout = (int)ConnectTimeout.TotalMilliseconds;
        options.ReconnectRetryPolicy = new LinearRetry((int)RetryAfter.TotalMilliseconds);
        options.ClientName ??= "openclaw";
        // Where INFO is not allowed the driver would think of a server that has no scripts.
        options.DefaultVersion = new Version(5, 0);
        if (options.KeepAlive <= 0)
            options.KeepAlive = 5;
        return options;
    }

    /// <summary>Null when it is none. A URL is read as no address at all; why exactly is not told on, because it would quote the string.</summary>
    private static ConfigurationOptions? Read(string connectionString)
    {
        try
        {
            return ConfigurationOptions.Parse(connectionString) is { EndPoints.Count: > 0 } options ? options : null;
        }
        catch (Exception error) when (error is ArgumentException or FormatException)
        {
            return null;
        }
    }
}
