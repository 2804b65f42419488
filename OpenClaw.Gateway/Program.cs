using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.Gateway;
using OpenClaw.Gateway.CommandLine;

if (args is [DeadLettersCommand.Name, .. var arguments])
    return await new DeadLettersCommand(Console.Out, Console.Error).RunAsync(arguments);

if (args is [HealthCommand.Name, .. var settings])
    return await new HealthCommand(GatewayHost.DefaultPort, Console.Out).RunAsync(settings);

return await StartupFailure.RunAsync(async () =>
{
    await using var gateway = GatewayHost.Build(args, new StartupTalk());
    await gateway.RunAsync();
});
