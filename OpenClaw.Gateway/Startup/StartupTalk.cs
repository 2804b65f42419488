namespace OpenClaw.Gateway.Startup;

/// <summary>Tells people what the start is doing, in plain lines on standard error; standard output holds JSON logs only.</summary>
internal sealed class StartupTalk(TextWriter writer)
{
    public StartupTalk()
        : this(Console.Error)
    {
    }

    /// <summary>Says what begins now, for example <c>opening the database</c>.</summary>
    public void Phase(string what) => writer.WriteLine($"… {what}");

    /// <summary>Ends the start with the report.</summary>
    public void Ready(StartupFacts facts) => writer.WriteLine(StartupReport.Build(facts));
}
