using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace OpenClaw.Core.Redis;

/// <summary>
/// A Lua script, called by its hash: its text goes over the wire only when the server does not know it (first use, restart,
/// <c>SCRIPT FLUSH</c>, another node of a cluster).
/// </summary>
internal sealed class RedisScript(string text)
{
    private readonly byte[] _hash = Hash(text);

    public async Task<RedisResult> RunAsync(IConnectionMultiplexer multiplexer, RedisKey[] keys, RedisValue[] arguments)
    {
        var database = multiplexer.GetDatabase();
        try
        {
            return await database.ScriptEvaluateAsync(_hash, keys, arguments);
        }
        catch (RedisServerException error) when (error.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // Nothing ran. EVAL makes the server keep the script; the driver must not look into its own memory of what is loaded.
            return await database.ScriptEvaluateAsync(text, keys, arguments, CommandFlags.NoScriptCache);
        }
    }

    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "Redis names scripts by their SHA1; nothing is protected by it.")]
    private static byte[] Hash(string text) => SHA1.HashData(Encoding.UTF8.GetBytes(text));
}
