using System.Globalization;
using OpenClaw.Core.Storage;
using StackExchange.Redis;

namespace OpenClaw.Core.Redis;

/// <summary>
/// The names of everything in Redis: <c>openclaw:&lt;installation&gt;:...</c>. What one script touches carries one tag in braces, so that
/// Redis Cluster keeps it on one node.
/// </summary>
internal sealed class RedisKeys(InstallationId installation)
{
    /// <summary>The one partition of lanes.</summary>
    private const string Tag = "{p0}";

    private readonly string _prefix = $"openclaw:{installation.Value}:";

    /// <summary>Written to find out whether Redis takes writes.</summary>
    public static readonly RedisKey Probe = $"openclaw:{Tag}:probe";

    public RedisKey Ready => Name("ready");

    public RedisKey Leased => Name("leased");

    public RedisKey Held => Name("held");

    public RedisKey Epoch => Name("epoch");

    public RedisKey Waiting => Name("waiting");

    public RedisKey Flood => Name("flood");

    public string Wake => _prefix + "wake";

    public RedisKey LaneRate(long lane) => Name("rate:lane:" + lane.ToString(CultureInfo.InvariantCulture));

    public RedisKey PersonRate(long person) => Name("rate:person:" + person.ToString(CultureInfo.InvariantCulture));

    public RedisKey LaneBudget(long lane) => Name("budget:lane:" + lane.ToString(CultureInfo.InvariantCulture));

    public RedisKey SessionBudget(string session) => Name("budget:session:" + session);

    public RedisKey Job(string job) => Name("job:" + job);

    /// <summary>A tag of its own: what is cached may lie on any node.</summary>
    public RedisKey Cache(string owner) => $"{_prefix}cache:{{{owner}}}";

    public RedisKey CacheExpiry(string owner) => $"{_prefix}cache:{{{owner}}}:expiry";

    private RedisKey Name(string name) => _prefix + Tag + ":" + name;
}
