namespace OpenClaw.Tests.Infrastructure;

/// <summary>A data directory, its databases, a clock, and as many processes over them as a test wants. Limits and quiet period are off.</summary>
public sealed class CoreFixture : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly (string Key, string Value)[] _settings;
    private readonly List<CoreProcess> _processes = [];
    private readonly PostgresDatabases? _databases;

    public CoreFixture(params (string Key, string Value)[] settings)
        : this(Store.Sqlite, settings)
    {
    }

    public CoreFixture(Store store, params (string Key, string Value)[] settings)
    {
        _databases = store == Store.Postgres ? new PostgresDatabases() : null;
        _settings =
        [
            ("Turns:QuietPeriod", "00:00:00"), ("Limits:MessagesPerMinutePerChat", "0"), ("Limits:MessagesPerMinutePerPerson", "0"),
            .. _databases is null ? [] : new[] { ("ConnectionStrings:openclaw", _databases.Main), ("ConnectionStrings:openclaw-keys", _databases.Keys) }, .. settings,
        ];
        Core = Start();
    }

    public StepClock Clock { get; } = new();

    public string DataDirectory => _folder.File("data");

    /// <summary>The first process.</summary>
    public CoreProcess Core { get; }

    /// <summary>One more process over the same data.</summary>
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
        _databases?.Dispose();
        _folder.Dispose();
    }
}
