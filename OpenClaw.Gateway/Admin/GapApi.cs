using System.ComponentModel;
using OpenClaw.Core.Queue.History;

namespace OpenClaw.Gateway.Admin;

/// <param name="Session">WAHA session.</param>
/// <param name="From">Beginning.</param>
/// <param name="To">End.</param>
/// <param name="Reason"><c>history_not_kept</c>, <c>chats_unreadable</c>, <c>chat_unreadable</c>, <c>too_many_messages</c>, <c>too_many_chats</c> or <c>too_long_ago</c>.</param>
/// <param name="Chats">How many chats are meant; null = all, or not known.</param>
/// <param name="NotedAt">When it was found out, or found to last longer.</param>
internal sealed record GapView(string Session, DateTimeOffset From, DateTimeOffset To, string Reason, long? Chats, DateTimeOffset NotedAt);

/// <param name="Name">WAHA session.</param>
/// <param name="ConnectedAt">When it was first seen at work: older messages are not answered.</param>
/// <param name="CompleteTo">Up to here every message came, was read back, or is in a gap.</param>
internal sealed record HistoryView(string Name, DateTimeOffset ConnectedAt, DateTimeOffset CompleteTo);

/// <param name="Items">Newest first; what is older than 30 days is forgotten.</param>
/// <param name="Sessions">How far each session's history is known.</param>
internal sealed record GapList(IReadOnlyList<GapView> Items, IReadOnlyList<HistoryView> Sessions);

/// <summary><c>/api/gaps</c>: what nothing can bring back.</summary>
internal static class GapApi
{
    private const int Most = 1000;

    public static void Map(RouteGroupBuilder api) => api.MapGet("/", List).WithSummary("Lists the times of which messages may be lost: no webhook delivered them, and WAHA's history could not be read.");

    private static GapList List([Description("Most gaps, 1 to 1000; 100 unless told otherwise.")] int? limit, HistoryGaps gaps, HistoryMarks marks) => new(
        [.. gaps.Newest(Math.Clamp(limit ?? 100, 1, Most)).Select(gap => new GapView(gap.Session, gap.From, gap.To, gap.Reason, gap.Chats, gap.NotedAt))],
        [.. marks.All().Select(mark => new HistoryView(mark.Session, mark.ConnectedAt, mark.CompleteTo))]);
}
