using OpenClaw.AppHost;
using OpenClaw.AppHost.Levels;

var switches = Switches.Parse(args);
if (switches.Refusal is { } refusal)
{
    await Console.Error.WriteLineAsync(refusal);
    return 2;
}

var builder = DistributedApplication.CreateBuilder(args);
var plan = builder.ExecutionContext.IsPublishMode
    ? SystemPlan.ForPublishing(switches)
    : SystemPlan.For(await Machine.LookAsync(builder.Configuration), switches);

builder.AddLevel(plan);
builder.AddPublishTarget(plan);

var secrets = builder.AddSecrets(plan);
var brain = builder.AddBrain(plan);

var gateway = builder.AddGateway()
    .WithBrain(brain)
    .WithAdminApi(secrets.AdminApiKey);

if (plan.IsSplit)
{
    var redis = builder.AddRedisWithAppendOnlyFile();
    var database = builder.AddDatabase(plan);
    var waha = builder.AddWaha(secrets.WahaApiKey)
        .ThatReaches(gateway);

    gateway
        .WithSharedSettings(secrets, redis, waha, database)
        .WithWebhooksFrom(waha, secrets.WebhookHmacKey)
        .WithExternalHttpEndpoints()
        .RunsInCompose(plan, port: $"127.0.0.1:5080:{Gateways.ContainerPort}");

    var worker = builder.AddWorker()
        .WithBrain(brain)
        .WithSharedSettings(secrets, redis, waha, database)
        .WithReplicas(2)
        .WaitFor(gateway)
        .WaitForModel(brain)
        .RunsInCompose(plan, replicas: 2);

    gateway
        .WithQrCommand(secrets.AdminApiKey)
        .WithPauseCommands(worker);
}
else
{
    gateway.WithSimulatorLink();
}

if (builder.RefusalToPublish(plan) is { } obstacle)
{
    await Console.Error.WriteLineAsync(obstacle);
    return 2;
}

await builder.Build().RunAsync();
return Environment.ExitCode;
