using Microsoft.Extensions.Options;

namespace OpenClaw.Worker.Inbox;

/// <summary>Who consumes the queue, and how much at once. Section <c>Worker</c>.</summary>
internal sealed class WorkerOptions
{
    /// <summary><c>Embedded</c>: this process answers. <c>External</c>: it only takes messages in.</summary>
    public string Mode { get; set; } = "Embedded";

    /// <summary>Lanes handled at once; one that waits for a model costs no thread.</summary>
    public int Concurrency { get; set; } = 64;

    public bool IsEmbedded => string.Equals(Mode, "Embedded", StringComparison.OrdinalIgnoreCase);
}

internal sealed class WorkerOptionsValidator : IValidateOptions<WorkerOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkerOptions options)
    {
        if (!options.IsEmbedded && !string.Equals(options.Mode, "External", StringComparison.OrdinalIgnoreCase))
            return ValidateOptionsResult.Fail("Worker__Mode must be Embedded or External.");
        return options.Concurrency is >= 1 and <= 4096 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail("Worker__Concurrency must be between 1 and 4096.");
    }
}
