using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using OpenClaw.AppHost;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Tests.AppHost.Model;

/// <summary>The whole system: what each part is given and what it waits for.</summary>
public sealed class SystemModelTests
{
    [Fact]
    public async Task Gateway_and_Workers_are_given_the_same_of_what_they_share()
    {
        await using var model = await ModelOf.CompleteAsync("--Store=postgres");

        var gateway = await model.EnvironmentAsync(ResourceNames.Gateway);
        var worker = await model.EnvironmentAsync(ResourceNames.Worker);

        string[] shared =
        [
            "ConnectionStrings__redis", "ConnectionStrings__openclaw", "ConnectionStrings__openclaw-keys", "Waha__BaseUrl", "Waha__ApiKey", "Security__MasterKey", "Access__Owner",
            "Storage__DataDirectory", "Ai__Main__Provider", "Ai__Main__Model", "Ai__Main__ApiKey",
        ];
        shared.ShouldAllBe(key => gateway[key] == worker[key]);
        gateway["ConnectionStrings__redis"].ShouldBe("{redis.connectionString}");
        gateway["Waha__BaseUrl"].ShouldBe("{waha.bindings.http.url}");
        gateway["Waha__ApiKey"].ShouldBe((await model.EnvironmentAsync(ResourceNames.Waha))["WAHA_API_KEY"]);
    }

    [Fact]
    public async Task The_Gateway_registers_the_webhook_signed_and_WAHA_is_given_none()
    {
        await using var model = await ModelOf.CompleteAsync();

        var gateway = await model.EnvironmentAsync(ResourceNames.Gateway);
        gateway["Waha__WebhookUrl"].ShouldBe("{gateway.bindings.http.url}/webhooks/waha");
        gateway["Waha__WebhookHmacKey"].ShouldBe("{webhook-hmac-key.value}");
        var waha = await model.EnvironmentAsync(ResourceNames.Waha);
        waha["WHATSAPP_DEFAULT_ENGINE"].ShouldBe("NOWEB");
        waha.Keys.ShouldNotContain(key => key.StartsWith("WHATSAPP_HOOK", StringComparison.Ordinal));
        waha.Values.ShouldContain("{gateway.bindings.http.url}", "Aspire opens a way to what the container's environment names");
    }

    /// <summary>What Aspire adds of its own must not look like a setting of ours that is misspelt: it would stop the start.</summary>
    [Theory]
    [InlineData(ResourceNames.Gateway)]
    [InlineData(ResourceNames.Worker)]
    public async Task Nothing_that_a_process_is_given_would_stop_its_start(string name)
    {
        await using var model = await ModelOf.CompleteAsync("--Store=postgres");
        var given = await model.EnvironmentAsync(name);

        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(given.Select(static variable => KeyValuePair.Create(variable.Key.Replace("__", ":", StringComparison.Ordinal), (string?)variable.Value)))
            .Build();

        await using var served = new ServedByGateway();
        SettingsCheck.Find(configuration, served.Options).Where(static sentence => !sentence.Contains('{', StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_a_process_needs_is_waited_for()
    {
        await using var model = await ModelOf.CompleteAsync("--Store=postgres");

        model.WaitsFor(ResourceNames.Gateway).ShouldBe([ResourceNames.Redis, ResourceNames.Waha, ResourceNames.Postgres, ResourceNames.Database, ResourceNames.KeysDatabase], ignoreOrder: true);
        model.WaitsFor(ResourceNames.Worker).ShouldBe([ResourceNames.Redis, ResourceNames.Waha, ResourceNames.Postgres, ResourceNames.Database, ResourceNames.KeysDatabase, ResourceNames.Gateway], ignoreOrder: true);
    }

    [Fact]
    public async Task Two_Workers_answer()
    {
        await using var model = await ModelOf.CompleteAsync();

        model[ResourceNames.Worker].GetReplicaCount().ShouldBe(2);
        model[ResourceNames.Gateway].GetReplicaCount().ShouldBe(1);
    }

    [Fact]
    public async Task What_must_outlive_a_container_lies_on_a_volume()
    {
        await using var model = await ModelOf.CompleteAsync("--Store=postgres");

        model.Volumes(ResourceNames.Waha).ShouldBe(["openclaw-waha-sessions:/app/.sessions", "openclaw-waha-media:/app/.media"], ignoreOrder: true);
        model.Volumes(ResourceNames.Redis).ShouldBe(["openclaw-redis:/data"]);
        model.Volumes(ResourceNames.Postgres).ShouldBe(["openclaw-postgres:/var/lib/postgresql/data"]);
    }

    [Fact]
    public async Task Redis_keeps_an_append_only_file()
    {
        await using var model = await ModelOf.CompleteAsync();
        List<object> arguments = [];
        var context = new CommandLineArgsCallbackContext(arguments) { ExecutionContext = new(DistributedApplicationOperation.Run) };

        foreach (var callback in model[ResourceNames.Redis].Annotations.OfType<CommandLineArgsCallbackAnnotation>())
            await callback.Callback(context);

        string.Join(' ', arguments).ShouldBe("redis-server --requirepass $REDIS_PASSWORD --save 60 100 --appendonly yes --appendfsync everysec");
    }

    [Fact]
    public async Task Images_are_pinned_and_only_the_Gateway_is_for_outside()
    {
        await using var model = await ModelOf.CompleteAsync("--Store=postgres", "--Model=ollama");

        model.Resources.SelectMany(resource => resource.Annotations.OfType<ContainerImageAnnotation>()).ShouldAllBe(image => image.Tag != null && image.Tag.Any(char.IsDigit));
        model.Resources.Where(resource => resource.Annotations.OfType<EndpointAnnotation>().Any(endpoint => endpoint.IsExternal)).Select(resource => resource.Name)
            .ShouldBe([ResourceNames.Gateway]);
    }

    [Theory]
    [InlineData(ResourceNames.Gateway)]
    [InlineData(ResourceNames.Worker)]
    [InlineData(ResourceNames.Waha)]
    [InlineData(ResourceNames.Redis)]
    public async Task Everything_tells_its_health(string name)
    {
        await using var model = await ModelOf.CompleteAsync();

        model[name].Annotations.OfType<HealthCheckAnnotation>().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_dashboard_has_the_commands()
    {
        await using var model = await ModelOf.CompleteAsync();

        new[] { "replay-dead-letters", "show-qr", "pause-bot", "resume-bot" }.ShouldBeSubsetOf(model.Commands(ResourceNames.Gateway));
    }

    [Fact]
    public async Task Secrets_are_parameters_that_nobody_is_shown()
    {
        await using var model = await ModelOf.CompleteAsync();

        model.Resources.OfType<ParameterResource>().Where(parameter => !parameter.Secret).Select(parameter => parameter.Name).ShouldBe([ParameterNames.AiModel]);
    }
}
