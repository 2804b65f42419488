using System.Text;
using OpenClaw.Tests.Builders;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>The whole product as real processes: one that does everything, or a Gateway and a Worker over the same SQLite files, with Redis between them.</summary>
internal sealed class RunningSystem : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _http = new();
    private readonly (string Key, string Value)[] _settings;
    private readonly bool _isSplit;

    private RunningSystem(FakeWaha waha, ScriptedModel model, RedisServer? redis, IEnumerable<(string Key, string Value)> settings)
    {
        (Waha, Model, _isSplit) = (waha, model, redis is not null);
        _settings = [.. ProcessSettings.Answering(waha, model), .. redis is null ? [] : ProcessSettings.Split(redis.ConnectionString), .. settings];
    }

    public FakeWaha Waha { get; }

    public ScriptedModel Model { get; }

    /// <summary>Takes webhooks.</summary>
    public OpenClawProcess Gateway { get; private set; } = null!;

    /// <summary>Answers: the Worker, or the one process that does everything.</summary>
    public OpenClawProcess Worker { get; private set; } = null!;

    public static async Task<RunningSystem> StartAsync(bool isSplit, params (string Key, string Value)[] settings)
    {
        var redis = isSplit ? await RedisServer.SharedAsync() : null;
        var system = new RunningSystem(await FakeWaha.StartAsync(), await ScriptedModel.StartAsync(), redis, settings);
        system.Gateway = OpenClawProcess.Start("OpenClaw.Gateway", system._folder, system._settings);
        system.Worker = isSplit ? OpenClawProcess.Start("OpenClaw.Worker", system._folder, system._settings) : system.Gateway;
        await system.Gateway.WaitUntilReadyAsync();
        await system.Worker.WaitUntilReadyAsync();
        return system;
    }

    /// <summary>A new process in place of the one that answers, on the same data.</summary>
    public async Task ReplaceWorkerAsync()
    {
        await Worker.DisposeAsync();
        Worker = OpenClawProcess.Start(_isSplit ? "OpenClaw.Worker" : "OpenClaw.Gateway", _folder, _settings);
        if (!_isSplit)
            Gateway = Worker;
        await Worker.WaitUntilReadyAsync();
    }

    /// <summary>Posts a webhook as WAHA does, signed.</summary>
    public Task<HttpResponseMessage> PostAsync(string text) => PostAsync(WahaWebhook.Text(text));

    /// <summary>The same from a chat of its own.</summary>
    public Task<HttpResponseMessage> PostAsync(string text, string chatId) => PostAsync(WahaWebhook.Text(text, chatId));

    private async Task<HttpResponseMessage> PostAsync(WahaWebhook webhook)
    {
        using var request = WahaWebhook.Request(new Uri(Gateway.Url, "webhooks/waha"), Encoding.UTF8.GetBytes(webhook.Body), ProcessSettings.HmacKey);
        return await _http.SendAsync(request);
    }

    /// <summary>Runs the Gateway's program with a command line, in the same folder and with the same settings, to its end.</summary>
    public async Task<(int Code, string Output, string Errors)> CommandAsync(params string[] arguments)
    {
        await using var command = OpenClawProcess.StartCommand("OpenClaw.Gateway", arguments, _folder, _settings);
        var code = await command.WaitForExitAsync();
        return (code, string.Join('\n', command.Output), command.Errors);
    }

    /// <summary>Asks a process for its health.</summary>
    public Task<HttpResponseMessage> HealthAsync(OpenClawProcess process) => _http.GetAsync(new Uri(process.Url, "health"));

    public async ValueTask DisposeAsync()
    {
        Waha.Release();
        await Worker.DisposeAsync();
        await Gateway.DisposeAsync();
        await Model.DisposeAsync();
        await Waha.DisposeAsync();
        _http.Dispose();
        _folder.Dispose();
    }
}
