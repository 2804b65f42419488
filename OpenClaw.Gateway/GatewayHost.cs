using OpenClaw.Core;
using OpenClaw.Core.Configuration;
using OpenClaw.Gateway.Startup;
using OpenClaw.ServiceDefaults;
using OpenClaw.Worker;

namespace OpenClaw.Gateway;

/// <summary>The Gateway as a whole: built, started, run. Tests start it the same way, in their own process.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    private const string DefaultUrl = "http://localhost:5080";
    private readonly StartupTalk _talk;
    private readonly GatewayStart _start;

    private GatewayHost(WebApplication app, StartupTalk talk)
    {
        App = app;
        _talk = talk;
        _start = app.Services.GetRequiredService<GatewayStart>();
    }

    public WebApplication App { get; }

    /// <param name="args">Command line.</param>
    /// <param name="talk">Where the start is told.</param>
    /// <param name="configure">Changes before the build, for tests.</param>
    /// <exception cref="StartupException">A setting must be changed.</exception>
    public static GatewayHost Build(string[] args, StartupTalk talk, Action<WebApplicationBuilder>? configure = null)
    {
        talk.Phase("reading the settings");
        var builder = WebApplication.CreateSlimBuilder(args);
        configure?.Invoke(builder);
        builder.AddHostSettings(DefaultUrl);
        builder.AddServiceDefaults();
        builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);

        var withSimulator = string.IsNullOrWhiteSpace(builder.Configuration["Waha:BaseUrl"]);
        builder.Services.AddCore().AddWorkerSettings().AddGateway(builder.Configuration, withSimulator);
        if (!string.Equals(builder.Configuration["Worker:Mode"], "External", StringComparison.OrdinalIgnoreCase))
            builder.Services.AddWorker();

        var app = builder.BuildChecked();
        app.MapDefaultEndpoints();
        app.MapGateway(withSimulator);
        return new GatewayHost(app, talk);
    }

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await _start.PrepareAsync(ConfiguredUrls(), _talk, cancellationToken);
        try
        {
            await App.StartAsync(cancellationToken);
        }
        catch
        {
            // The server starts last: what already works in the background ends in order, and the next start need not look for damage.
            await StopAsync(CancellationToken.None);
            throw;
        }

        _talk.Ready(_start.Facts());
    }

    public async Task RunAsync()
    {
        await StartAsync();
        await App.WaitForShutdownAsync();
        await _start.FinishAsync();
    }

    /// <summary>A clean stop, as SIGTERM makes it.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await App.StopAsync(cancellationToken);
        await _start.FinishAsync();
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    /// <summary>Every address that Kestrel may take, wherever it is written: what is checked must be what is opened.</summary>
    private IEnumerable<string> ConfiguredUrls() => App.Configuration.GetSection("Kestrel:Endpoints").GetChildren()
        .Select(endpoint => endpoint["Url"]).OfType<string>().Concat(Urls());

    private IEnumerable<string> Urls()
    {
        if (App.Urls.Count > 0)
            return App.Urls;
        if (App.Configuration["urls"] is { Length: > 0 } urls)
            return urls.Split(';');
        return App.Configuration["http_ports"] is { Length: > 0 } ports ? ports.Split(';').Select(port => $"http://*:{port}") : [DefaultUrl];
    }
}
