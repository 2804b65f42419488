using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Sessions;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Accounts;

/// <summary>
/// Tells each change of an account's health once, and asks WAHA for WhatsApp's limits now and then. Of several Gateways one asks; any may tell.
/// It changes no session: a limit is not mended by a restart.
/// </summary>
internal sealed partial class AccountWatch(
    AccountHealth health, LimitQuestions questions, IJobLeases jobs, IOptions<WahaOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, Random random,
    ILogger<AccountWatch> logger) : BackgroundService
{
    private const string Job = "account-limits";
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    /// <summary>Outlasts the time between two questions: who asked goes on asking.</summary>
    private static readonly TimeSpan Leadership = LimitQuestions.Seldom + TimeSpan.FromMinutes(5);

    private static readonly TimeSpan AskForLeadership = TimeSpan.FromMinutes(5);

    private readonly GrowingPause _afterFailure = new(Period, TimeSpan.FromMinutes(2), random);
    private DateTimeOffset _mayLeadAt;

    /// <summary>One round.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        await AskAsync(cancellationToken);
        foreach (var session in options.Value.ServedSessions())
        {
            var standing = health.Look(session);
            if (await health.MoveAsync(standing, cancellationToken) is { } before)
                Tell(standing, before);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.ListeningAsync(stoppingToken);
            while (true)
                await Task.Delay(await RoundAsync(stoppingToken), time, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await jobs.ReleaseAsync(Job, CancellationToken.None);
        }
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        // The simulator's account is nobody's, and sessions that somebody else keeps are asked nothing.
        if (options.Value.UsesSimulator || !options.Value.KeepSessions || !questions.AreDue || time.GetUtcNow() < _mayLeadAt)
            return;
        if (await jobs.HoldAsync(Job, Leadership, cancellationToken))
            await questions.AskAsync(cancellationToken);
        else
            _mayLeadAt = time.GetUtcNow() + AskForLeadership;
    }

    private async Task<TimeSpan> RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            await LookAsync(cancellationToken);
            _afterFailure.Reset();
            return Period;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, error);
            return _afterFailure.Next();
        }
    }

    private void Tell(AccountStanding standing, AccountLevel before)
    {
        if (standing.Level == AccountLevel.Red && !IsToldByKeeper(standing))
            Log.Red(logger, standing.Sentence!);
        else if (before == AccountLevel.Red && standing.Level != AccountLevel.Red)
            Log.RedNoMore(logger, standing.Session, standing.Level);
    }

    /// <summary>That the phone logged out is said by whoever keeps the session, together with what is to be done.</summary>
    private bool IsToldByKeeper(AccountStanding standing) =>
        options.Value is { KeepSessions: true, UsesSimulator: false } && standing.Signs.All(static sign => sign.Level != AccountLevel.Red || sign.Reason == "logged_out");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The account of session {Sentence}")]
        public static partial void Red(ILogger logger, string sentence);

        [LoggerMessage(Level = LogLevel.Information, Message = "The account of session {Session} is red no more, but {Level}")]
        public static partial void RedNoMore(ILogger logger, string session, AccountLevel level);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The accounts' health could not be looked at; tried again soon")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
