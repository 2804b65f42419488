using OpenClaw.Core;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Health;
using OpenClaw.Core.Startup;
using OpenClaw.Core.WhatsApp;
using OpenClaw.ServiceDefaults;
using OpenClaw.ServiceDefaults.Health;
using OpenClaw.Worker.Startup;

namespace OpenClaw.Worker;

/// <summary>A Worker of its own as a whole: what it is built from. It serves nobody but those who ask for its health.</summary>
internal static class WorkerHost
{
    public const int DefaultPort = 5081;

    /// <param name="args">Command line.</param>
    /// <param name="talk">Where the start is told.</param>
    /// <param name="configure">Changes before the build, for tests.</param>
    /// <exception cref="StartupException">A setting must be changed.</exception>
    public static ProcessHost Build(string[] args, StartupTalk talk, Action<WebApplicationBuilder>? configure = null)
    {
        talk.Phase("reading the settings");
        var builder = WebApplication.CreateSlimBuilder(args);
        configure?.Invoke(builder);
        if (!SplitMode.IsOn(builder.Configuration))
        {
            throw new StartupException(
                "a Worker of its own needs Redis between it and the Gateway: run OpenClaw.Gateway alone, which answers too, or set ConnectionStrings__redis for the Gateway and all Workers, for example localhost:6379.");
        }

        builder.AddHostSettings(DefaultPort, orNextFree: true);
        builder.AddServiceDefaults();
        builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);

        builder.Services.AddCore(builder.Configuration).AddWahaClient(builder.Configuration).AddWorkerSettings().AddWorker();
        builder.Services.AddSingleton<IProcessStart, WorkerStart>();
        builder.Services.AddHealthChecks().AddCoreChecks(builder.Configuration, HealthEndpoints.Ready);

        var app = builder.BuildChecked();
        app.MapDefaultEndpoints();
        return new ProcessHost(app, talk);
    }
}
