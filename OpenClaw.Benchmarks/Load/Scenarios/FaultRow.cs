using System.Globalization;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <param name="Fault">What went wrong.</param>
/// <param name="Injected">Calls of one chat that the fakes failed; an outage for everybody counts none.</param>
/// <param name="Sent">Messages.</param>
/// <param name="Answered">Messages in a delivered bubble.</param>
/// <param name="GivenUp">Messages that became dead letters.</param>
/// <param name="Apologies">Bubbles that answer no message.</param>
/// <param name="Lost">Not answered, and not given up themselves.</param>
/// <param name="Twice">In more than one bubble.</param>
/// <param name="OutOfOrder">After a later one of their chat.</param>
/// <param name="Healthy">Answer times of the chats without faults; null where there are none.</param>
/// <param name="Took">From the first message until nothing was left to do.</param>
internal sealed record FaultRow(
    string Fault, int Injected, int Sent, int Answered, int GivenUp, int Apologies, int Lost, int Twice, int OutOfOrder, Latencies? Healthy, TimeSpan Took)
{
    private static readonly string[] Heads =
    [
        "fault", "injected", "sent", "answered", "given up", "apologies", "lost", "twice", "out of order", "healthy p50 ms", "healthy p95 ms", "settled s",
    ];

    /// <summary>One Markdown table, a row each.</summary>
    public static void Print(IReadOnlyList<FaultRow> rows, TextWriter output)
    {
        MarkdownTable.Print(Heads, rows.Select(row => row.Cells()), output);
        output.WriteLine();
    }

    private string[] Cells() =>
    [
        Fault, Text(Injected), Text(Sent), Text(Answered), Text(GivenUp), Text(Apologies), Text(Lost), Text(Twice), Text(OutOfOrder),
        Text(Healthy?.Milliseconds(50)), Text(Healthy?.Milliseconds(95)), Took.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture),
    ];

    private static string Text(double? value) => value?.ToString("F0", CultureInfo.InvariantCulture) ?? "-";
}
