using System.Globalization;
using System.Text;
using OpenClaw.Gateway.Admin;

namespace OpenClaw.Gateway.CommandLine;

/// <summary>Dead letters for a terminal. What people wrote is shown without control characters: they could make the terminal do things.</summary>
internal static class DeadLetterPrinter
{
    private static readonly string[] Headings = ["ID", "DIED (UTC)", "REASON", "TRIED", "REPLAYED", "CODE", "SESSION", "CHAT", "REQUEST"];

    public static async Task WriteAsync(TextWriter output, DeadLetterList list)
    {
        if (list.Items.Count > 0)
            await WriteTableAsync(output, list.Items);
        var counts = string.Join(", ", list.Counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Value} {count.Key}{(count.Value == 1 ? "" : "s")}"));
        await output.WriteLineAsync(list.Items.Count == 0 ? $"No dead letters here. In all: {counts}." : $"In all: {counts}. Look inside: dead-letters show {list.Items[0].Id}");
        if (list.Next is { } next)
            await output.WriteLineAsync($"More: dead-letters list --after {next}");
    }

    public static async Task WriteAsync(TextWriter output, DeadLetterDetail detail)
    {
        var letter = detail.Letter;
        (string Label, string? Value)[] facts =
        [
            ("Id", letter.Id), ("Reason", letter.Reason), ("Died", Time(letter.DiedAt) + " UTC"), ("Tried", Number(letter.Attempts)), ("Replayed", Number(letter.Replays)),
            ("Code", letter.Reference), ("Session", letter.Session), ("Chat", Number(letter.Lane)), ("Request", letter.RequestId), ("Trace", letter.TraceId),
        ];
        foreach (var (label, value) in facts.Where(fact => fact.Value is not null))
            await output.WriteLineAsync($"{label,-10}{Clean(value!)}");
        if (detail.Messages is null)
            await output.WriteLineAsync("Nobody can read its text any more: the person was erased, or the row is damaged.");
        foreach (var message in detail.Messages ?? [])
        {
            var sender = message.Sender is null ? "" : $" {message.Sender}";
            await output.WriteLineAsync();
            await output.WriteLineAsync($"{Time(message.At)} {Clean(message.Chat)}{Clean(sender)}{(message.Media is null ? "" : $" [{Clean(message.Media)}]")}");
            await output.WriteLineAsync(Clean(message.Text));
        }
    }

    internal static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            // Format characters too: they turn the direction of what follows.
            var isSafe = rune.Value is '\n' or '\t' || Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format);
            clean.Append(isSafe || rune.Value == 0x200D ? rune.ToString() : "\uFFFD");
        }

        return clean.ToString();
    }

    private static async Task WriteTableAsync(TextWriter output, IReadOnlyList<DeadLetterItem> items)
    {
        List<string[]> rows = [Headings, .. items.Select(item => new[]
        {
            item.Id, Time(item.DiedAt), Clean(item.Reason), Number(item.Attempts), Number(item.Replays), item.Reference ?? "-", Clean(item.Session), Number(item.Lane), item.RequestId ?? "-",
        })];
        var widths = Enumerable.Range(0, Headings.Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
            await output.WriteLineAsync(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
