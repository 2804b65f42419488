using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.Core.Storage;
using OpenClaw.Worker.Inbox;
using OpenClaw.Worker.Models;

namespace OpenClaw.Worker.Startup;

/// <summary>The start of a Worker of its own: it joins what others use already, so it ends nobody's leases and notes nothing of itself.</summary>
internal sealed class WorkerStart(IServiceProvider services, DataStart data, Deployment deployment, StartupFactsSource facts, IOptions<WorkerOptions> worker) : IProcessStart
{
    public Task PrepareAsync(WebApplication app, StartupTalk talk, CancellationToken cancellationToken) => data.OpenAsync(talk, RefuseForeignFiles, JoinAsync, cancellationToken);

    public StartupFacts Facts() => facts.Describe(
        $"worker of a split system (answers up to {worker.Value.Concurrency} chats at once)", services.GetRequiredService<ModelDescription>().ToString()) with
    {
        Pages = [("Health", "/health")],
    };

    public Task FinishAsync() => Task.CompletedTask;

    private static void RefuseForeignFiles(KernelFile file)
    {
        if (!file.Fits())
            throw ElsewhereException();
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        // Before the first Gateway there is no file: the first Worker's note counts.
        if (deployment.SharesFiles && !await services.GetRequiredService<ProcessFacts>().IsOnGatewaysKernelAsync(cancellationToken))
            throw ElsewhereException();
    }

    private static StartupException ElsewhereException() => new(
        "this Worker runs on another machine than the Gateway, and SQLite files can only be shared by processes of one: use PostgreSQL (ConnectionStrings__openclaw=Host=...) for both. "
        + "If it is the same machine and was restarted since, start the Gateway first.");
}
