using StackExchange.Redis;

namespace OpenClaw.Core.Redis;

/// <summary>What a lane script answers: epoch, time, and then its own part.</summary>
internal readonly struct LaneAnswer(RedisResult result)
{
    private readonly RedisResult[] _parts = (RedisResult[])result!;

    public string Epoch => (string)_parts[0]!;

    public long Time => (long)_parts[1];

    /// <summary>Redis got to it after its deadline and did nothing.</summary>
    public bool IsLate => _parts.Length == 3 && (string?)_parts[2] == "late";

    public int Count => _parts.Length - 2;

    public long Number(int part) => (long)_parts[part + 2];

    public string Text(int part) => (string)_parts[part + 2]!;
}
