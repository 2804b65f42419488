namespace OpenClaw.Core.Integrations;

/// <summary>How many lanes this process handles at once; absent where it handles none.</summary>
/// <param name="Count"><c>Worker__Concurrency</c>.</param>
public sealed record WorkerSlots(int Count);
