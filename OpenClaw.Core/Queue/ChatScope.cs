using OpenClaw.Core.Security;

namespace OpenClaw.Core.Queue;

/// <summary>A lane's row: a direct lane is (session, person), a group lane is the group. Opaque, safe to log.</summary>
public readonly record struct LaneId(long Value)
{
    /// <inheritdoc />
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>The right to read and write one chat's data: the shared context of a lane.</summary>
/// <param name="Lane">Which lane.</param>
/// <param name="Session">WAHA session that the chat lives in.</param>
/// <param name="Key">The data key of the chat itself (in a direct chat the person's).</param>
/// <param name="IsGroup">Whether others than the author take part.</param>
public sealed record ChatScope(LaneId Lane, string Session, DataKeyId Key, bool IsGroup);
