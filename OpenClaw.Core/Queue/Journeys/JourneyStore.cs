using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.Journeys;

/// <summary>Tells the way of a message from the rows that it left: no text is read.</summary>
public sealed class JourneyStore(IDatabase database, KeyRing keys)
{
    /// <summary>By request id, or by the code that a person was told. A request id is looked for in the whole table: for an operator, not for a loop.</summary>
    public Journey? Find(string id) => database.Read(sql => ByReference(sql, id.ToUpperInvariant()) ?? ByRequest(sql, id.ToLowerInvariant()) ?? ByRequest(sql, id));

    /// <summary>By a message that came in: the raw WhatsApp id that it had.</summary>
    public Journey? Received(string session, string rawId)
    {
        var dedupe = keys.Blind("received", rawId, session);
        return database.Read(sql => sql.QueryFirst($"SELECT {ArrivalRow.Columns} FROM inbound WHERE dedupe = @dedupe", ArrivalRow.Read, ("@dedupe", dedupe)) is { } arrival
            ? Of(sql, arrival)
            : null);
    }

    /// <summary>By a message of this chat that somebody quotes: one of ours, or one that came in.</summary>
    /// <param name="chat">Nothing of another chat is found.</param>
    /// <param name="rawId">Raw WhatsApp id of the quoted message.</param>
    public Journey? Quoted(ChatScope chat, string rawId)
    {
        var dedupe = keys.Blind("received", rawId, chat.Session);
        return database.Read(sql =>
        {
            var ours = sql.QueryFirst(
                $"SELECT {BubbleTimes.Columns}, turn_id FROM outbox WHERE session = @session AND raw_id = @raw AND lane_id = @lane",
                row => (Bubble: BubbleTimes.Read(row), Turn: row.Number(BubbleTimes.Count)),
                ("@session", chat.Session), ("@raw", rawId), ("@lane", chat.Lane.Value));
            if (ours is { Turn: { } turn })
                return OfTurn(sql, turn, null);
            if (ours.Bubble is { } notice)
            {
                return new Journey(
                    null, null, JourneyOutcome.Notice, notice.Reason, chat.Session, chat.Lane.Value, false, 0, null, Order(JourneyTale.Of(notice)), [JourneyTale.Bubble(notice)]);
            }

            var theirs = sql.QueryFirst(
                $"SELECT {ArrivalRow.Columns} FROM inbound WHERE dedupe = @dedupe AND lane_id = @lane", ArrivalRow.Read, ("@dedupe", dedupe), ("@lane", chat.Lane.Value));
            return theirs is null ? null : Of(sql, theirs);
        });
    }

    private static Journey? ByReference(ISqlSession sql, string reference)
    {
        // The index holds the turns that ever died, whose code was told; another one's is known from the logs only.
        var turn = sql.QueryFirst("SELECT MAX(turn_id) FROM turns WHERE reference = @reference AND dead_at IS NOT NULL", row => row.Number(0), ("@reference", reference))
            ?? sql.QueryFirst("SELECT MAX(turn_id) FROM turns WHERE reference = @reference", row => row.Number(0), ("@reference", reference));
        return turn is { } found ? OfTurn(sql, found, null) : null;
    }

    private static Journey? ByRequest(ISqlSession sql, string request)
    {
        var arrival = sql.QueryFirst($"SELECT {ArrivalRow.Columns} FROM inbound WHERE request_id = @request LIMIT 1", ArrivalRow.Read, ("@request", request));
        return arrival is null ? null : Of(sql, arrival);
    }

    private static Journey? Of(ISqlSession sql, ArrivalRow arrival) => arrival.Turn is { } turn
        ? OfTurn(sql, turn, arrival)
        : new Journey(
            arrival.RequestId, null, JourneyTale.OutcomeOf(arrival, null, []), arrival.Reason, arrival.Session, arrival.Lane, arrival.IsLate, 0, JourneyTale.TraceOf(arrival.TraceParent),
            Order(JourneyTale.Of(arrival)), []);

    /// <param name="sql">A snapshot.</param>
    /// <param name="turn">Row.</param>
    /// <param name="asked">The message that was asked for; null = the newest.</param>
    private static Journey? OfTurn(ISqlSession sql, long turn, ArrivalRow? asked)
    {
        var arrivals = sql.Query(
            $"SELECT {ArrivalRow.Columns} FROM inbound WHERE turn_id = @turn ORDER BY order_at, envelope_at, inbound_id", ArrivalRow.Read, ("@turn", turn));
        var times = sql.QueryFirst($"SELECT {TurnTimes.Columns} FROM turns WHERE turn_id = @turn", TurnTimes.Read, ("@turn", turn));
        if (times is null || arrivals.Count == 0)
            return null;
        var steps = sql.Query($"SELECT {StepTimes.Columns} FROM turn_steps WHERE turn_id = @turn ORDER BY step", StepTimes.Read, ("@turn", turn));
        var bubbles = sql.Query($"SELECT {BubbleTimes.Columns} FROM outbox WHERE turn_id = @turn ORDER BY outbox_id", BubbleTimes.Read, ("@turn", turn));
        var message = asked ?? arrivals[^1];
        return new Journey(
            message.RequestId, times.Reference, JourneyTale.OutcomeOf(message, times, bubbles), message.Reason ?? (times.State is "dead" or "discarded" ? times.Reason : null), message.Session, message.Lane, message.IsLate,
            times.Attempts, JourneyTale.TraceOf(message.TraceParent),
            Order([
                .. arrivals.SelectMany(JourneyTale.Of), JourneyTale.Began(times), .. steps.Select(JourneyTale.Of), .. JourneyTale.Ended(times),
                .. bubbles.SelectMany(JourneyTale.Of),
            ]),
            [.. bubbles.Select(JourneyTale.Bubble)]);
    }

    /// <summary>By time; a step without one stays behind the step that it was told after.</summary>
    private static List<JourneyStep> Order(IEnumerable<JourneyStep> steps)
    {
        var last = DateTimeOffset.MinValue;
        return [.. steps.Select(step => (Step: step, At: last = step.At ?? last)).ToList().OrderBy(step => step.At).Select(step => step.Step)];
    }
}
