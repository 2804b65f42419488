using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.Gateway;

return await StartupFailure.RunAsync(async () =>
{
    await using var gateway = GatewayHost.Build(args, new StartupTalk());
    await gateway.RunAsync();
});
