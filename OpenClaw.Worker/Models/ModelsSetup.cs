using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Integrations;
using OpenClaw.Worker.Models.Offline;
using OpenClaw.Worker.Models.OpenAi;

namespace OpenClaw.Worker.Models;

/// <summary>The model behind <see cref="IChatClient"/>, chosen by <c>Ai__Main__Provider</c>.</summary>
internal static class ModelsSetup
{
    public static IServiceCollection AddModels(this IServiceCollection services)
    {
        services.AddIntegrations();
        services.AddServedOptions<AiModelOptions>(AiModelOptions.Section);
        services.AddSingleton<IValidateOptions<AiModelOptions>, AiModelOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => ModelDescription.Of(provider.GetRequiredService<IOptions<AiModelOptions>>().Value));
        services.AddSingleton(provider => ModelPolicy.Of(provider.GetRequiredService<IOptions<AiModelOptions>>().Value));
        services.AddSingleton(provider => new MainModel(
            provider.GetRequiredService<IOptions<AiModelOptions>>().Value.IsOffline ? null : provider.GetRequiredService<IntegrationRegistry>().Model("main")));
        services.AddSingleton<IChatClient>(provider =>
        {
            var options = provider.GetRequiredService<IOptions<AiModelOptions>>().Value;
            var description = provider.GetRequiredService<ModelDescription>();
            var time = provider.GetRequiredService<TimeProvider>();
            IChatClient model = options.IsOffline ? new OfflineBrain() : CreateOpenAi(options, time);
            if (provider.GetService<IModelFault>() is { } fault)
                model = new FaultyChatClient(model, fault);
            var measured = new TelemetryChatClient(model, description, time);
            return provider.GetRequiredService<MainModel>().Integration is { } integration ? new GuardedChatClient(measured, integration) : measured;
        });
        return services;
    }

    // A method of its own that is never inlined: the SDK's assemblies load when it is compiled, so not at all offline.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TimeLimitedChatClient CreateOpenAi(AiModelOptions options, TimeProvider time) =>
        new(new OpenAiChatClient(options, time), options, time);
}
