namespace OpenClaw.AppHost;

/// <summary>Redis, which wakes the Workers. It may be flushed at any time; the append-only file spares the reconciler the work after a restart.</summary>
internal static class AppendOnlyRedis
{
    private const long ChangedKeys = 100;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    private static readonly string[] Arguments = ["--appendonly", "yes", "--appendfsync", "everysec"];

#pragma warning disable ASPIRECERTIFICATES001 // Experimental. Without it Redis speaks TLS wherever a developer certificate is trusted, and not every driver does.
    public static IResourceBuilder<RedisResource> AddRedisWithAppendOnlyFile(this IDistributedApplicationBuilder builder) =>
        builder.AddRedis(ResourceNames.Redis)
            .WithImageTag(Images.RedisTag)
            .WithDataVolume("openclaw-redis")
            .WithPersistence(Interval, ChangedKeys)
            .WithArgs(Append)
            .WithoutHttpsCertificate();
#pragma warning restore ASPIRECERTIFICATES001

    // A publish writes `sh -c "redis-server ..."`: what stands behind that string would be given to the shell.
    private static void Append(CommandLineArgsCallbackContext context)
    {
        if (context.Args is ["-c", string command])
        {
            context.Args[1] = $"{command} {string.Join(' ', Arguments)}";
            return;
        }

        foreach (var argument in Arguments)
            context.Args.Add(argument);
    }
}
