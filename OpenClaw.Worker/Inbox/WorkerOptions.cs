using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Worker.Inbox;

/// <summary>Who consumes the queue, and how much at once. Section <c>Worker</c>.</summary>
internal sealed class WorkerOptions
{
    /// <summary>
    /// Of a Gateway. <c>Embedded</c>: it answers too. <c>External</c>: it only takes messages in. Unset = <c>External</c> in split mode, else
    /// <c>Embedded</c>. A Worker of its own always answers.
    /// </summary>
    public string? Mode { get; set; }

    /// <summary>Lanes handled at once; one that waits for a model costs no thread.</summary>
    public int Concurrency { get; set; } = 64;

    /// <summary>Whether a Gateway with these settings answers too.</summary>
    public static bool IsEmbedded(IConfiguration configuration) =>
        configuration["Worker:Mode"] is { } mode ? Is(mode, "Embedded") : !SplitMode.IsOn(configuration);

    internal static bool Is(string? mode, string expected) => string.Equals(mode, expected, StringComparison.OrdinalIgnoreCase);
}

internal sealed class WorkerOptionsValidator : IValidateOptions<WorkerOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkerOptions options)
    {
        if (options.Mode is not null && !WorkerOptions.Is(options.Mode, "Embedded") && !WorkerOptions.Is(options.Mode, "External"))
            return ValidateOptionsResult.Fail("Worker__Mode must be Embedded or External.");
        return options.Concurrency is >= 1 and <= 4096 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail("Worker__Concurrency must be between 1 and 4096.");
    }
}
