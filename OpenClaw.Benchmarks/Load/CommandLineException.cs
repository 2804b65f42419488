namespace OpenClaw.Benchmarks.Load;

/// <summary>A mistake on the command line; the message says what to write.</summary>
internal sealed class CommandLineException(string message) : Exception(message);
