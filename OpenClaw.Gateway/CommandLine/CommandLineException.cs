namespace OpenClaw.Gateway.CommandLine;

/// <summary>The command cannot be done; the message says why, in a sentence for whoever typed it.</summary>
internal sealed class CommandLineException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}

/// <summary>How a command ends.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>An error that nobody foresaw.</summary>
    public const int Unexpected = 1;

    /// <summary>The command line or a setting has to be changed.</summary>
    public const int Usage = 2;

    /// <summary>There is no such dead letter.</summary>
    public const int NotFound = 3;

    /// <summary>It cannot be done to this one, or not to all of them; nothing was changed where it was refused.</summary>
    public const int Refused = 4;

    /// <summary>Neither a running Gateway nor the data could be reached.</summary>
    public const int Unavailable = 5;
}
