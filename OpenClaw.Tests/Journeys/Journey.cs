using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>The whole way of a message through the whole product. Each class of tests is run once in every set-up.</summary>
public abstract class Journey(Setup setup)
{
    private protected Task<OpenClawApp> StartAsync(params (string Key, string? Value)[] settings) => OpenClawApp.StartAsync(setup, null, settings);

    private protected Task<OpenClawApp> StartAsync(Action<IServiceCollection> services, params (string Key, string? Value)[] settings) =>
        OpenClawApp.StartAsync(setup, services, settings);
}
