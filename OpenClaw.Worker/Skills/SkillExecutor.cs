using Microsoft.Extensions.AI;
using OpenClaw.Core.Integrations;

namespace OpenClaw.Worker.Skills;

/// <summary>Runs a skill for the model: checked, audited before and after, bounded in time and output, and never with exception text.</summary>
internal sealed partial class SkillExecutor(
    SkillCatalog catalog, ISkillAudit audit, SkillTelemetry telemetry, IntegrationRegistry integrations, TimeProvider time, ILogger<SkillExecutor> logger)
{
    private const int ArgumentsLimit = 64 * 1024;

    // A cancelled skill gets this long to clean up (kill its process tree); then its end is not waited for.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AuditPatience = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Calls one skill. Expected failures, time-outs and surprises are results; only the cancellation of
    /// <paramref name="cancellationToken"/> is thrown (<see cref="OperationCanceledException"/>).
    /// </summary>
    /// <param name="context">On whose behalf.</param>
    /// <param name="skillName">The name the model gave; any text.</param>
    /// <param name="arguments">What the model gave: plain values or JSON elements.</param>
    /// <param name="cancellationToken">The turn's token.</param>
    public async Task<SkillResult> ExecuteAsync(
        SkillContext context, string skillName, IDictionary<string, object?>? arguments, CancellationToken cancellationToken)
    {
        if (!catalog.TryGet(skillName, out var entry))
        {
            telemetry.Unknown();
            return new(SkillStatus.Refused, $"There is no skill {SkillText.Quote(skillName)}. Known skills: {string.Join(", ", catalog.Names)}.");
        }

        using var activity = SkillTelemetry.Start(skillName);
        var start = time.GetTimestamp();
        var call = new Call(context, entry.Skill, entry.Arguments, arguments);
        try
        {
            var output = await AuditedAsync(call, start, cancellationToken);
            telemetry.Finished(activity, skillName, output.Status, output.Detail, time.GetElapsedTime(start));
            return new(output.Status, SkillText.Cap(output.Text, entry.Skill.OutputLimit));
        }
        catch (OperationCanceledException)
        {
            telemetry.Finished(activity, skillName, SkillStatus.Failed, "cancelled", time.GetElapsedTime(start));
            throw;
        }
    }

    private async Task<SkillOutput> AuditedAsync(Call call, long start, CancellationToken cancellationToken)
    {
        var json = SkillArguments.ToJson(call.Given);
        var isTooLarge = json.Length > ArgumentsLimit;
        long? row = null;
        try
        {
            row = await audit.StartedAsync(call.Context, call.Name, call.Skill.Effect, isTooLarge ? "{}" : json, cancellationToken);
        }
        catch (Exception exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Log.AuditNotStarted(logger, call.Name, exception);
            if (call.Skill.Effect != SkillEffect.Read)
                return new($"The skill '{call.Name}' was not run, because the call could not be recorded.", "audit_failed", SkillStatus.Failed);
        }

        try
        {
            var output = isTooLarge
                ? new("The arguments are too long.", "arguments_too_large", SkillStatus.Refused)
                : await TranslatedAsync(call, cancellationToken);
            await FinishAsync(row, call, output.Status, output.Detail, start);
            return output;
        }
        catch (OperationCanceledException)
        {
            await FinishAsync(row, call, SkillStatus.Failed, "cancelled", start);
            throw;
        }
    }

    private async Task<SkillOutput> TranslatedAsync(Call call, CancellationToken cancellationToken)
    {
        try
        {
            call.Arguments.Check(call.Given);
            return call.Skill.LeavesProcess ? await GuardedAsync(call, cancellationToken) : await BoundedAsync(call, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (IntegrationOpenException)
        {
            return new($"The skill '{call.Name}' is not available at the moment and was not run. Answer without it, or say that it can be tried again later.",
                "not_available", SkillStatus.Failed);
        }
        catch (SkillException expected)
        {
            return new(expected.SafeText, expected.Detail, expected.Status);
        }
        catch (Exception exception)
        {
            // Its message may name a person's file.
            Log.SkillFailed(logger, call.Name, exception.GetType().Name);
            return new($"The skill '{call.Name}' failed unexpectedly.", "unexpected", SkillStatus.Failed);
        }
    }

    /// <summary>What a skill refuses or reports as failed is an answer; running out of time and surprises are not.</summary>
    private async Task<SkillOutput> GuardedAsync(Call call, CancellationToken cancellationToken)
    {
        using var leave = integrations.Skill(call.Name).Enter();
        try
        {
            var output = await BoundedAsync(call, cancellationToken);
            if (output.Status == SkillStatus.TimedOut)
                leave.Failed();
            else
                leave.Succeeded();
            return output;
        }
        catch (SkillException)
        {
            leave.Succeeded();
            throw;
        }
        catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            leave.Failed();
            throw;
        }
    }

    private async Task<SkillOutput> BoundedAsync(Call call, CancellationToken cancellationToken)
    {
        var timeout = new CancellationTokenSource(call.Skill.Timeout, time);
        var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        // On the pool, so that a skill that blocks is bounded too.
        var run = Task.Run(() => RunAsync(call, stop.Token), CancellationToken.None);
        await Task.WhenAny(run.WaitAsync(stop.Token));
        if (!run.IsCompleted)
            await Task.WhenAny(run.WaitAsync(Grace, time, CancellationToken.None));

        var timedOut = timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested;
        if (!run.IsCompleted)
        {
            Log.SkillAbandoned(logger, call.Name);
            _ = ObserveAsync(run, stop, timeout);
            cancellationToken.ThrowIfCancellationRequested();
        }
        else
        {
            stop.Dispose();
            timeout.Dispose();
        }

        if (timedOut && !run.IsCompletedSuccessfully && run.Exception is null)
        {
            return new($"The skill '{call.Name}' took longer than {call.Skill.Timeout.TotalSeconds:0.#} s and was stopped.",
                "timeout", SkillStatus.TimedOut);
        }

        return await run;
    }

    private static async Task<SkillOutput> RunAsync(Call call, CancellationToken cancellationToken)
    {
        var result = await call.Skill.Function.InvokeAsync(SkillFunction.ArgumentsOf(call.Context, call.Given), cancellationToken);
        return result switch
        {
            SkillOutput output => output,
            string text => new(text),
            null => new(""),
            System.Text.Json.JsonElement { ValueKind: System.Text.Json.JsonValueKind.String } element => new(element.GetString()!),
            _ => new(Convert.ToString(result, System.Globalization.CultureInfo.InvariantCulture) ?? ""),
        };
    }

    private static async Task ObserveAsync(Task run, CancellationTokenSource stop, CancellationTokenSource timeout)
    {
        await Task.WhenAny(run);
        _ = run.Exception;
        stop.Dispose();
        timeout.Dispose();
    }

    // Not under the turn's token: what happened is recorded even when the turn was cut.
    private async Task FinishAsync(long? row, Call call, SkillStatus status, string detail, long start)
    {
        if (row is not { } id)
            return;

        try
        {
            using var patience = new CancellationTokenSource(AuditPatience, time);
            await audit.FinishedAsync(id, status, detail, time.GetElapsedTime(start), patience.Token);
        }
        catch (Exception exception)
        {
            Log.AuditNotFinished(logger, call.Name, exception);
        }
    }

    private sealed record Call(SkillContext Context, ISkill Skill, SkillArguments Arguments, IDictionary<string, object?>? Given)
    {
        public string Name => Skill.Function.Name;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "The audit row of skill {Skill} could not be written before the call.")]
        public static partial void AuditNotStarted(ILogger logger, string skill, Exception exception);

        [LoggerMessage(Level = LogLevel.Error, Message = "The audit row of skill {Skill} could not be completed.")]
        public static partial void AuditNotFinished(ILogger logger, string skill, Exception exception);

        [LoggerMessage(Level = LogLevel.Error, Message = "Skill {Skill} failed unexpectedly with {Exception}.")]
        public static partial void SkillFailed(ILogger logger, string skill, string exception);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Skill {Skill} did not stop when it was cancelled and is no longer waited for.")]
        public static partial void SkillAbandoned(ILogger logger, string skill);
    }
}
