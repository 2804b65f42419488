using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Admission;

/// <summary>
/// Asks WAHA whom a hidden id belongs to, away from the webhook's path, and then admits or denies what was held. An id that WAHA
/// does not know is asked for again, ever less often. Of several Gateways one asks, as long as it holds the job's lease.
/// </summary>
internal sealed partial class LidResolver(
    HeldStore held, PeopleDirectory people, AccessPolicy access, OwnSessions own, WahaClient waha, IJobLeases jobs, IOptions<WebhooksOptions> options, TimeProvider time,
    ILogger<LidResolver> logger) : BackgroundService
{
    internal const string Job = "lid-resolver";
    private const int Batch = 50;

    /// <summary>More than a batch: those who are put off must not keep the others from their turn.</summary>
    private const int MostLookedAt = 1000;

    private static readonly TimeSpan Leadership = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Dictionary<PersonId, (DateTimeOffset NextTry, TimeSpan Delay)> _unknown = [];
    private bool _leads;

    /// <summary>Something new is held.</summary>
    public void Wake()
    {
        try
        {
            if (_wake.CurrentCount == 0)
                _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another webhook woke it in the same moment.
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ResolveAllAsync(stoppingToken);
                await _wake.WaitAsync(FirstRetry, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Log.Failed(logger, error);
                await _wake.WaitAsync(FirstRetry, CancellationToken.None);
            }
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_leads)
            await jobs.ReleaseAsync(Job, CancellationToken.None);
    }

    /// <summary>One round over everybody who is waited for and due.</summary>
    internal async Task ResolveAllAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var sender in held.Waiting(MostLookedAt).Where(sender => !_unknown.TryGetValue(sender.Person, out var entry) || entry.NextTry <= now).Take(Batch))
        {
            // Taken anew for each: the question to WAHA may take long. Nobody held = no lease, so an idle process writes nothing.
            _leads = await jobs.HoldAsync(Job, Leadership, cancellationToken);
            if (!_leads)
                return;

            // A later message may have brought the number along.
            if (await people.FindAsync(new SenderIdentity(null, sender.Lid), cancellationToken) is { HasPhone: true } known)
            {
                await SettleAsync(sender, new SenderIdentity(null, sender.Lid), known, cancellationToken);
                continue;
            }

            var result = await waha.ResolveLidAsync(sender.Session, sender.Lid + "@lid", WahaTimeouts.Read, cancellationToken);
            if (result is { Outcome: LidOutcome.Found, Phone: { } phone })
                await SettleAsync(sender, phone, cancellationToken);
            else
                PutOff(sender.Person, wasAnswered: result.Outcome == LidOutcome.Unknown);
        }
    }

    private async Task SettleAsync(HeldSender sender, string phone, CancellationToken cancellationToken)
    {
        var identity = new SenderIdentity(phone, sender.Lid);
        var person = await people.EnsureAsync(identity, Locales.Of(phone), Locales.TimeZoneOf(phone), cancellationToken);
        await SettleAsync(sender, identity, person, cancellationToken);
    }

    private async Task SettleAsync(HeldSender sender, SenderIdentity identity, PersonRecord person, CancellationToken cancellationToken)
    {
        _unknown.Remove(sender.Person);
        await held.ExpireAsync(sender.Session, person.Person, time.GetUtcNow() - options.Value.MaxAge, cancellationToken);
        var count = await own.IsAnotherAsync(sender.Session, identity, person, cancellationToken)
            ? await held.IgnoreAsync(sender.Session, person.Person, MessageIntake.OwnSession, cancellationToken)
            : access.Allows(identity, person)
            ? await held.AdmitAsync(sender.Session, person, cancellationToken)
            : await held.DenyAsync(sender.Session, person.Person, cancellationToken);
        Log.Linked(logger, person.Person, count);
    }

    /// <summary>Only an answer makes the next try later: a WAHA that is away says nothing about the id.</summary>
    private void PutOff(PersonId person, bool wasAnswered)
    {
        var delay = wasAnswered && _unknown.TryGetValue(person, out var entry) ? entry.Delay * 2 : FirstRetry;
        delay = delay < LongestRetry ? delay : LongestRetry;
        _unknown[person] = (time.GetUtcNow() + delay, delay);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "A hidden id was linked to person {Person}; {Messages} held messages were settled")]
        public static partial void Linked(ILogger logger, PersonId person, int messages);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Held messages could not be looked at; tried again soon")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
