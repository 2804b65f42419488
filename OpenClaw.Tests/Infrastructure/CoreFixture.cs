namespace OpenClaw.Tests.Infrastructure;

/// <summary>A data directory, a clock, and as many processes over them as a test wants. Limits and quiet period are off.</summary>
public sealed class CoreFixture : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly (string Key, string Value)[] _settings;
    private readonly List<CoreProcess> _processes = [];

    public CoreFixture(params (string Key, string Value)[] settings)
    {
        _settings =
        [
            ("Turns:QuietPeriod", "00:00:00"), ("Limits:MessagesPerMinutePerChat", "0"), ("Limits:MessagesPerMinutePerPerson", "0"), .. settings,
        ];
        Core = Start();
    }

    public StepClock Clock { get; } = new();

    public string DataDirectory => _folder.File("data");

    /// <summary>The first process.</summary>
    public CoreProcess Core { get; }

    /// <summary>One more process over the same files.</summary>
    public CoreProcess Start()
    {
        var process = new CoreProcess(_folder.Root, Clock, _settings);
        _processes.Add(process);
        return process;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
            process.Dispose();
        _folder.Dispose();
    }
}
