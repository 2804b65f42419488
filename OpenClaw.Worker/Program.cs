using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.Worker;

if (args is [HealthCommand.Name, .. var arguments])
    return await new HealthCommand(WorkerHost.DefaultPort, Console.Out).RunAsync(arguments);

return await StartupFailure.RunAsync(async () =>
{
    await using var worker = WorkerHost.Build(args, new StartupTalk());
    await worker.RunAsync();
});
