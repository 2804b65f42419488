using OpenClaw.Core;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.ServiceDefaults;
using OpenClaw.Worker;
using OpenClaw.Worker.Inbox;

namespace OpenClaw.Gateway;

/// <summary>The Gateway as a whole: what it is built from.</summary>
internal static class GatewayHost
{
    public const int DefaultPort = 5080;

    /// <param name="args">Command line.</param>
    /// <param name="talk">Where the start is told.</param>
    /// <param name="configure">Changes before the build, for tests.</param>
    /// <exception cref="StartupException">A setting must be changed.</exception>
    public static ProcessHost Build(string[] args, StartupTalk talk, Action<WebApplicationBuilder>? configure = null)
    {
        talk.Phase("reading the settings");
        var builder = WebApplication.CreateSlimBuilder(args);
        configure?.Invoke(builder);
        builder.AddHostSettings(DefaultPort);
        builder.AddServiceDefaults();
        builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);

        var withSimulator = string.IsNullOrWhiteSpace(builder.Configuration["Waha:BaseUrl"]);
        builder.Services.AddCore(builder.Configuration).AddWorkerSettings().AddGateway(builder.Configuration, withSimulator);
        if (WorkerOptions.IsEmbedded(builder.Configuration))
            builder.Services.AddWorker();

        var app = builder.BuildChecked();
        app.MapDefaultEndpoints();
        app.MapGateway(withSimulator);
        return new ProcessHost(app, talk);
    }
}
