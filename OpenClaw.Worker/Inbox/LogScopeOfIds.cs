using System.Collections;

namespace OpenClaw.Worker.Inbox;

/// <summary>What is named in every log line below it; ids only.</summary>
internal abstract class LogScopeOfIds(params KeyValuePair<string, object?>[] ids) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => ids.Length;

    public KeyValuePair<string, object?> this[int index] => ids[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => ids.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Join(' ', ids.Where(static id => id.Value is not null).Select(static id => $"{id.Key}:{id.Value}"));
}
