using System.Text.Json;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Core.Startup;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway.Admin;

namespace OpenClaw.Gateway.CommandLine;

/// <summary><c>dead-letters list|show|replay|discard</c>: results on standard output, everything else on standard error.</summary>
internal sealed class DeadLettersCommand(TextWriter output, TextWriter errors)
{
    public const string Name = "dead-letters";

    /// <param name="arguments">What follows the command's name.</param>
    /// <param name="configure">Changes before the build, for tests.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, Action<WebApplicationBuilder>? configure = null, CancellationToken cancellationToken = default)
    {
        if (arguments is ["--help" or "-h" or "help"])
        {
            await output.WriteLineAsync(DeadLetterArguments.Usage);
            return ExitCodes.Done;
        }

        try
        {
            var typed = DeadLetterArguments.Parse(arguments);
            await using var host = Build(typed, configure);
            using var access = await DeadLetterAccess.OpenAsync(host.App, cancellationToken);
            return await RunAsync(typed, access, cancellationToken);
        }
        catch (CommandLineException error)
        {
            await errors.WriteLineAsync(error.Message);
            return error.ExitCode;
        }
        catch (Exception error) when (error is StartupException or OptionsValidationException)
        {
            foreach (var sentence in error is OptionsValidationException options ? options.Failures : ((StartupException)error).Sentences)
                await errors.WriteLineAsync(sentence);
            return ExitCodes.Usage;
        }
        catch (StorageUnavailableException error)
        {
            await errors.WriteLineAsync($"The database cannot be used now ({error.Failure}). Nothing was changed.");
            return ExitCodes.Unavailable;
        }
        catch (Exception error)
        {
            // Its message may name what must not be printed; the type is what a report needs.
            await errors.WriteLineAsync($"An unexpected error ({error.GetType().Name}).");
            return ExitCodes.Unexpected;
        }
    }

    /// <summary>The Gateway as it would be started, but it is not: its settings are checked, its services are used. Logs would be in the way of the results.</summary>
    private static ProcessHost Build(DeadLetterArguments typed, Action<WebApplicationBuilder>? configure) => GatewayHost.Build(
        [.. typed.Settings],
        new StartupTalk(TextWriter.Null),
        builder =>
        {
            configure?.Invoke(builder);
            builder.Configuration.AddInMemoryCollection([new("Logging:Console:LogLevel:Default", "None")]);
        });

    private Task<int> RunAsync(DeadLetterArguments typed, DeadLetterAccess access, CancellationToken cancellationToken) => typed switch
    {
        { Verb: "list" } => ListAsync(typed, access, cancellationToken),
        { Verb: "show", Id: { } id } => ShowAsync(typed, id, access, cancellationToken),
        { Verb: "replay", Id: { } id } => OneAsync(typed, access.Desk.ReplayAsync(id, cancellationToken), access.AfterReplay),
        { Verb: "discard", Id: { } id } => OneAsync(typed, access.Desk.DiscardAsync(id, cancellationToken), null),
        { Verb: "replay" } => ReplayAllAsync(typed, access, cancellationToken),
        _ => DiscardAllAsync(typed, access, cancellationToken),
    };

    private async Task<int> ListAsync(DeadLetterArguments typed, DeadLetterAccess access, CancellationToken cancellationToken)
    {
        var list = await access.Desk.ListAsync(typed.Query, typed.After, typed.Limit, cancellationToken);
        if (typed.IsJson)
            await output.WriteLineAsync(JsonSerializer.Serialize(list, AdminJson.Default.DeadLetterList));
        else
            await DeadLetterPrinter.WriteAsync(output, list);
        return ExitCodes.Done;
    }

    private async Task<int> ShowAsync(DeadLetterArguments typed, DeadLetterId id, DeadLetterAccess access, CancellationToken cancellationToken)
    {
        if (await access.Desk.ShowAsync(id, cancellationToken) is not { } detail)
            throw new CommandLineException(ExitCodes.NotFound, $"There is no dead letter {id}: it never was one, or it was replayed or discarded.");
        if (typed.IsJson)
            await output.WriteLineAsync(JsonSerializer.Serialize(detail, AdminJson.Default.DeadLetterDetail));
        else
            await DeadLetterPrinter.WriteAsync(output, detail);
        return ExitCodes.Done;
    }

    private async Task<int> OneAsync(DeadLetterArguments typed, Task<DeadLetterAnswer> change, string? afterwards)
    {
        var answer = await change;
        if (typed.IsJson)
            await output.WriteLineAsync(JsonSerializer.Serialize(answer, AdminJson.Default.DeadLetterAnswer));
        var isDone = answer.Outcome == "done";
        if (isDone && !typed.IsJson)
            await output.WriteLineAsync($"{answer.Id}: {answer.Detail}{(afterwards is null ? "" : " " + afterwards)}");
        else if (!isDone)
            await errors.WriteLineAsync($"{answer.Id}: {answer.Detail}");
        return isDone ? ExitCodes.Done : answer.Outcome == "notFound" ? ExitCodes.NotFound : ExitCodes.Refused;
    }

    private async Task<int> ReplayAllAsync(DeadLetterArguments typed, DeadLetterAccess access, CancellationToken cancellationToken)
    {
        var sweep = await access.Desk.ReplayAllAsync(typed.Query, cancellationToken);
        return await SweptAsync(typed, "Replayed", sweep, sweep.Replayed > 0 ? access.AfterReplay : null);
    }

    private async Task<int> DiscardAllAsync(DeadLetterArguments typed, DeadLetterAccess access, CancellationToken cancellationToken)
    {
        var letters = await AllAsync(typed, access, cancellationToken);
        if (!typed.IsConfirmed && letters.Count > 0)
            throw new CommandLineException(ExitCodes.Usage, $"This would discard {Count(letters.Count)} for good: nobody will be answered, and the texts are deleted. Repeat it with --yes.");
        var answers = new List<DeadLetterAnswer>();
        foreach (var letter in letters)
            answers.Add(await access.Desk.DiscardAsync(letter, cancellationToken));
        var refused = answers.Where(answer => answer.Outcome != "done").ToList();
        return await SweptAsync(typed, "Discarded", new DeadLetterSweepAnswer(answers.Count - refused.Count, refused), null);
    }

    private static async Task<List<DeadLetterId>> AllAsync(DeadLetterArguments typed, DeadLetterAccess access, CancellationToken cancellationToken)
    {
        var letters = new List<DeadLetterId>();
        string? after = null;
        do
        {
            var page = await access.Desk.ListAsync(typed.Query, after, DeadLetterDesk.LargestPage, cancellationToken);
            letters.AddRange(page.Items.Select(item => DeadLetterId.Parse(item.Id)!.Value));
            after = page.Next;
        }
        while (after is not null);
        return letters;
    }

    private async Task<int> SweptAsync(DeadLetterArguments typed, string done, DeadLetterSweepAnswer sweep, string? afterwards)
    {
        if (typed.IsJson)
            await output.WriteLineAsync(JsonSerializer.Serialize(sweep, AdminJson.Default.DeadLetterSweepAnswer));
        else
            await output.WriteLineAsync($"{done} {Count(sweep.Replayed)}.{(afterwards is null ? "" : " " + afterwards)}");
        foreach (var refused in sweep.Refused)
            await errors.WriteLineAsync($"{refused.Id}: {refused.Detail}");
        return sweep.Refused.Count == 0 ? ExitCodes.Done : ExitCodes.Refused;
    }

    private static string Count(int letters) => letters switch
    {
        0 => "no dead letters",
        1 => "1 dead letter",
        _ => $"{letters} dead letters",
    };
}
