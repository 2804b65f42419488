using Microsoft.Extensions.AI;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Models;
using OpenClaw.Worker.Models.Offline;
using OpenClaw.Worker.Models.OpenAi;
using static OpenClaw.Tests.Models.ModelTestKit;

namespace OpenClaw.Tests.Models;

public sealed class ModelsSetupTests
{
    [Fact]
    public async Task Nothing_set_means_the_offline_brain()
    {
        await using var services = Services();

        var client = services.GetRequiredService<IChatClient>();

        client.GetService<TelemetryChatClient>().ShouldNotBeNull();
        client.GetService<OfflineBrain>().ShouldNotBeNull();
        client.GetService<OpenAiChatClient>().ShouldBeNull();
        services.GetRequiredService<ModelDescription>().ShouldBe(new ModelDescription("Offline", "rules", null));
        services.GetServices<ServedOptions>().ShouldContain(new ServedOptions("Ai:Main", typeof(AiModelOptions)));
    }

    [Fact]
    public async Task Compatible_server_answers_through_all_decorators()
    {
        await using var model = await ScriptedModel.StartAsync();
        await using var services = Services(("Provider", "openai"), ("Endpoint", model.Endpoint), ("Model", "llama"), ("MaxOutputTokens", "99"));

        var client = services.GetRequiredService<IChatClient>();

        (await client.GetResponseAsync([User("oi")])).Text.ShouldBe("oi");
        client.GetService<TimeLimitedChatClient>().ShouldNotBeNull();
        model.Requests.Single().Model.ShouldBe("llama");
        services.GetRequiredService<ModelDescription>().ShouldBe(new ModelDescription("OpenAI", "llama", new Uri(model.Endpoint).Authority));
    }

    [Theory]
    [InlineData("Provider", "Anthropic", "Ai__Main__Provider")]
    [InlineData("Provider", "Gemini", "Ai__Main__Provider")]
    [InlineData("Provider", "OpenAI", "Ai__Main__ApiKey")]
    [InlineData("FirstTokenTimeout", "60", "Ai__Main__FirstTokenTimeout")]
    [InlineData("TokenTimeout", "00:00:00", "Ai__Main__TokenTimeout")]
    [InlineData("TotalTimeout", "-00:00:01", "Ai__Main__TotalTimeout")]
    [InlineData("MaxOutputTokens", "0", "Ai__Main__MaxOutputTokens")]
    public async Task Bad_setting_is_refused_by_its_name(string key, string value, string named)
    {
        await using var services = Services((key, value));

        Refusal(services).ShouldContain(named);
    }

    [Fact]
    public async Task Anthropic_is_not_served_yet()
    {
        await using var services = Services(("Provider", "anthropic"));

        Refusal(services).ShouldContain("not served yet");
    }

    [Theory]
    [InlineData("localhost:11434/v1")]
    [InlineData("/v1")]
    [InlineData("ftp://host/v1")]
    public async Task Endpoint_must_be_an_http_address(string endpoint)
    {
        await using var services = Services(("Provider", "OpenAI"), ("Endpoint", endpoint));

        Refusal(services).ShouldContain("Ai__Main__Endpoint");
    }

    [Fact]
    public void OpenAI_itself_needs_only_a_key()
    {
        var options = new AiModelOptions { Provider = "OpenAI", ApiKey = "k" };

        new AiModelOptionsValidator().Validate(null, options).Succeeded.ShouldBeTrue();
        ModelDescription.Of(options).ShouldBe(new ModelDescription("OpenAI", "gpt-4o-mini", "api.openai.com"));
    }

    private static string Refusal(ServiceProvider services) =>
        Should.Throw<OptionsValidationException>(() => services.GetRequiredService<IOptions<AiModelOptions>>().Value).Message;

    private static ServiceProvider Services(params (string Key, string Value)[] settings) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create($"Ai:Main:{setting.Key}", (string?)setting.Value)))
            .Build())
        .AddModels()
        .BuildServiceProvider();
}
