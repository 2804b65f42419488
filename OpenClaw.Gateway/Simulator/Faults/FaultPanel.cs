using System.Globalization;
using OpenClaw.Core.Queue.Takeovers;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Gateway.Simulator.Faults;

/// <summary>What came of a press: where to look, and whether the fault is on now; or why nothing was done.</summary>
/// <param name="Chat">Short name of the chat in which the system's lines appear.</param>
/// <param name="On">Whether it lasts now.</param>
/// <param name="Refusal"><c>not_available</c>, <c>nothing_sent</c>, <c>locked_already</c>; null when it was done.</param>
internal sealed record FaultPress(string Chat, bool On, string? Refusal = null);

/// <summary>The buttons: each breaks something or sends something unusual, and lets the chat tell what the system makes of it.</summary>
internal sealed class FaultPanel(
    SimulatedWaha waha, SimulatorWebhooks webhooks, ModelSwitch model, DatabaseSwitch database, ProductView product, FaultStories stories,
    IHostApplicationLifetime lifetime)
{
    /// <summary>Names of the faults that last at the moment.</summary>
    public IReadOnlyList<string> On => [.. FaultNames.All.Where(known => OutageOf(known.Fault)?.IsOn == true).Select(known => known.Name)];

    /// <summary>Whether this installation has what the fault needs.</summary>
    public bool IsAvailable(Fault fault) => fault switch
    {
        Fault.SlowModel or Fault.FailingModel => product.HasModel,
        Fault.Database => product.HasFile,
        _ => true,
    };

    /// <summary>Begins or ends a fault. A fault that lasts comes with a message from the chat's holder, so that there is something to see.</summary>
    /// <param name="fault">Which.</param>
    /// <param name="chat">Where the button was pressed.</param>
    /// <param name="on">False ends a fault that lasts.</param>
    /// <param name="cancellationToken">Who pressed went away.</param>
    public async Task<FaultPress> PressAsync(Fault fault, SimulatedChat chat, bool on, CancellationToken cancellationToken)
    {
        if (!IsAvailable(fault))
            return new FaultPress(chat.Place.Key, false, "not_available");
        switch (fault)
        {
            case Fault.Duplicate:
                return await DuplicateAsync(chat, cancellationToken);
            case Fault.Lid:
                var person = chat.Place.IsGroup ? waha.ChatOf(chat.Person.Key)! : chat;
                return Say(person, fault, FaultTexts.Example(chat.Person.Locale), ChatPlace.Lid(chat.Person));
            case Fault.Group:
                return Say(waha.ChatOf(ChatPlace.GroupKey)!, fault, FaultTexts.Example(ChatPlace.Group.Holder.Locale, inGroup: true));
            case Fault.GroupAside:
                return Say(waha.ChatOf(ChatPlace.GroupKey)!, fault, FaultTexts.Aside(ChatPlace.Group.Holder.Locale));
            case Fault.Human:
                waha.WriteByHand(chat, FaultTexts.ByHand(chat.Person.Locale));
                return Say(chat, fault, FaultTexts.Example(chat.Person.Locale, chat.Place.IsGroup));
            case Fault.BotOn:
                waha.WriteByHand(chat, $"{BotOrders.Word} on");
                return Say(chat, fault, FaultTexts.Example(chat.Person.Locale, chat.Place.IsGroup));
            default:
                return on ? await BreakAsync(fault, chat, cancellationToken) : Mend(fault, chat);
        }
    }

    /// <summary>A message that somebody writes while something is broken is told about, too.</summary>
    public SimulatedMessage Send(SimulatedChat chat, string text) => Send(chat, text, null, On.Count > 0 ? stories.Open(chat) : null, null);

    private async Task<FaultPress> DuplicateAsync(SimulatedChat chat, CancellationToken cancellationToken)
    {
        if (waha.LatestAgain(chat) is not { } again)
            return new FaultPress(chat.Place.Key, false, "nothing_sent");
        var report = await webhooks.ResendAsync(again, cancellationToken);
        var code = report switch
        {
            { Status: null } => "webhook.silent",
            { Delivered: false } => "duplicate.refused",
            { Outcome: "duplicate" } => "duplicate.seen",
            { Outcome: "accepted" } => "duplicate.taken",
            _ => "webhook.outcome",
        };
        chat.Notice(code, ("status", Number(report.Status ?? 0)), ("outcome", report.Outcome ?? "?"));
        return new FaultPress(chat.Place.Key, false);
    }

    private FaultPress Say(SimulatedChat chat, Fault fault, string text, ChatPlace? place = null)
    {
        Send(chat, text, place, stories.Open(chat), fault);
        return new FaultPress(chat.Place.Key, FaultNames.Lasts(fault));
    }

    private SimulatedMessage Send(SimulatedChat chat, string text, ChatPlace? place, FaultStories.Opened? story, Fault? fault)
    {
        var message = waha.Receive(chat, text, place);
        story?.Tell(message, fault);
        return message;
    }

    private async Task<FaultPress> BreakAsync(Fault fault, SimulatedChat chat, CancellationToken cancellationToken)
    {
        var outage = OutageOf(fault)!;
        if (outage.IsOn)
            return new FaultPress(chat.Place.Key, true);
        var held = fault == Fault.Database ? await database.TryLockAsync(cancellationToken) : null;
        if (fault == Fault.Database && held is null)
            return new FaultPress(chat.Place.Key, false, "locked_already");
        if (!outage.TryBegin())
        {
            // Pressed twice at once.
            held?.Dispose();
            return new FaultPress(chat.Place.Key, true);
        }

        chat.Notice($"{FaultNames.Of(fault)}.on", ("seconds", Number((int)Math.Ceiling(outage.Length.TotalSeconds))));
        Changed(fault);
        _ = LastAsync(fault, chat, outage, held);
        return Say(chat, fault, FaultTexts.Example(chat.Person.Locale, chat.Place.IsGroup));
    }

    private FaultPress Mend(Fault fault, SimulatedChat chat)
    {
        OutageOf(fault)!.End();
        return new FaultPress(chat.Place.Key, false);
    }

    private async Task LastAsync(Fault fault, SimulatedChat chat, Outage outage, IDisposable? held)
    {
        try
        {
            await outage.LastAsync(lifetime.ApplicationStopping);
        }
        catch (OperationCanceledException)
        {
            // The host stops, and needs its database.
        }
        finally
        {
            held?.Dispose();
            chat.Notice($"{FaultNames.Of(fault)}.off");
            Changed(fault);
        }
    }

    private void Changed(Fault fault)
    {
        if (fault == Fault.Link)
            waha.AnnounceSession();
        var on = On;
        foreach (var chat in waha.Chats)
            chat.Tell(new ChatChange.Faults(on));
    }

    private Outage? OutageOf(Fault fault) => fault switch
    {
        Fault.Link => waha.Link.Outage,
        Fault.SlowModel => model.Slow,
        Fault.FailingModel => model.Failing,
        Fault.Database => database.Outage,
        _ => null,
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
