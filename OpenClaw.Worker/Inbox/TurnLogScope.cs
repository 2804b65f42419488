using System.Collections;
using OpenClaw.Core.Queue;

namespace OpenClaw.Worker.Inbox;

/// <summary>Names the turn in every log line below it; ids only.</summary>
internal sealed class TurnLogScope(LaneWork work) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 4;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("RequestId", work.Turn!.Messages[^1].RequestId),
        1 => new("Lane", work.Chat.Lane.Value),
        2 => new("Turn", work.Turn!.Id),
        3 => new("Reference", work.Turn!.Reference),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"Turn {work.Turn!.Id} of lane {work.Chat.Lane}";
}
