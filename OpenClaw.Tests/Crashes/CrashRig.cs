using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>
/// What outlives a worker: the data directory, WAHA, the model and the clock, which stands still until a worker waits for a later time.
/// Workers over it are as many processes on one database file.
/// </summary>
internal sealed class CrashRig : IAsyncDisposable
{
    private readonly List<CrashWorker> _workers = [];
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromMinutes(2));
    private readonly Dictionary<string, string?> _settings;

    private CrashRig(FakeWaha waha, ScriptedModel model, ManualTimeProvider time)
    {
        (Waha, Model, Time) = (waha, model, time);
        _settings = new(StringComparer.Ordinal)
        {
            ["Storage:DataDirectory"] = Folder,
            ["Waha:BaseUrl"] = waha.Url.ToString(),
            ["Waha:ApiKey"] = waha.ApiKey,
            ["Waha:WebhookHmacKey"] = "crash-test-key",
            ["Ai:Main:Provider"] = "OpenAI",
            ["Ai:Main:Endpoint"] = model.Endpoint,
            ["Turns:QuietPeriod"] = "00:00:00",
            ["Delivery:HumanPacing"] = "false",
        };
    }

    public FakeWaha Waha { get; }

    public ScriptedModel Model { get; }

    public ManualTimeProvider Time { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("openclaw-crash-").FullName;

    /// <summary>Ends a test that hangs.</summary>
    public CancellationToken Patience => _patience.Token;

    public static async Task<CrashRig> StartAsync(params (string Key, string Value)[] settings)
    {
        var time = new ManualTimeProvider();
        var rig = new CrashRig(await FakeWaha.StartAsync(new FakeWahaPhone(time)), await ScriptedModel.StartAsync(), time);
        foreach (var (key, value) in settings)
            rig._settings[key] = value;
        return rig;
    }

    /// <summary>A worker that starts now, with skills of its own beside the built-in ones.</summary>
    public CrashWorker NewWorker(params Worker.Skills.ISkill[] skills) => NewWorker(services =>
    {
        foreach (var skill in skills)
            services.AddSingleton(skill);
    });

    /// <param name="change">Registrations that go over the product's.</param>
    public CrashWorker NewWorker(Action<IServiceCollection> change)
    {
        var worker = new CrashWorker(this, _settings, change);
        _workers.Add(worker);
        return worker;
    }

    /// <summary>The last worker is gone, and this process has the data directory for itself: what the Gateway does at its start.</summary>
    public async Task<CrashWorker> SuccessorAsync(params Worker.Skills.ISkill[] skills)
    {
        var worker = NewWorker(skills);
        await worker.TakeOverAsync();
        return worker;
    }

    public async ValueTask DisposeAsync()
    {
        Waha.Release();
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await Model.DisposeAsync();
        await Waha.DisposeAsync();
        _patience.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
