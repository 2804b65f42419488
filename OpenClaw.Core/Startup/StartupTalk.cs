namespace OpenClaw.Core.Startup;

/// <summary>Tells people what the start is doing, in plain lines; standard output holds JSON logs only.</summary>
/// <param name="writer">Where people read.</param>
public sealed class StartupTalk(TextWriter writer)
{
    /// <summary>On standard error.</summary>
    public StartupTalk()
        : this(Console.Error)
    {
    }

    /// <summary>Says what begins now, for example <c>opening the database</c>.</summary>
    public void Phase(string what) => writer.WriteLine($"… {what}");

    /// <summary>Ends the start with the report.</summary>
    public void Ready(StartupFacts facts) => writer.WriteLine(StartupReport.Build(facts));
}
