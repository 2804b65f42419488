using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.Worker;

return await StartupFailure.RunAsync(async () =>
{
    await using var worker = WorkerHost.Build(args, new StartupTalk());
    await worker.RunAsync();
});
