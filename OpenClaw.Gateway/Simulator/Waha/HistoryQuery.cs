using System.Globalization;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>Which messages of a chat <c>GET /api/{session}/chats/{chatId}/messages</c> is asked for.</summary>
/// <param name="Limit">The most messages.</param>
/// <param name="Offset">Skipped first.</param>
/// <param name="From">Unix seconds, inclusive.</param>
/// <param name="To">Unix seconds, inclusive.</param>
/// <param name="FromMe">Only the bot's, or only the others'.</param>
internal sealed record HistoryQuery(int Limit, int Offset, long From, long To, bool? FromMe)
{
    /// <summary>Reads the query string.</summary>
    /// <returns>The query; or null and the name of the member that cannot be read.</returns>
    public static (HistoryQuery? Query, string? Wrong) Parse(IQueryCollection query)
    {
        if (!TryNumber(query, "limit", 10, out var limit))
            return (null, "limit");
        if (!TryNumber(query, "offset", 0, out var offset))
            return (null, "offset");
        if (!TryNumber(query, "filter.timestamp.gte", 0, out var from))
            return (null, "filter.timestamp.gte");
        if (!TryNumber(query, "filter.timestamp.lte", long.MaxValue, out var to))
            return (null, "filter.timestamp.lte");

        var text = query["filter.fromMe"].ToString();
        bool? fromMe = bool.TryParse(text, out var parsed) ? parsed : null;
        if (fromMe is null && text.Length > 0)
            return (null, "filter.fromMe");
        return (new(Clamp(limit), Clamp(offset), from, to, fromMe), null);
    }

    /// <summary>The messages asked for, newest first as WAHA gives them.</summary>
    public IEnumerable<SimulatedMessage> Apply(IEnumerable<SimulatedMessage> messages) => messages
        .Where(message => FromMe is null || message.FromBot == FromMe)
        .Where(message => message.At.ToUnixTimeSeconds() is var at && at >= From && at <= To)
        .Reverse()
        .Skip(Offset)
        .Take(Limit);

    private static int Clamp(long value) => (int)Math.Min(value, SimulatedChat.MostMessages);

    private static bool TryNumber(IQueryCollection query, string name, long otherwise, out long value)
    {
        var text = query[name].ToString();
        value = otherwise;
        return text.Length == 0 || long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
    }
}
