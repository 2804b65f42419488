using OpenClaw.Core.Configuration;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Startup;

return await StartupFailure.RunAsync(async () =>
{
    await using var gateway = GatewayHost.Build(args, new StartupTalk());
    await gateway.RunAsync();
});
