using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Gateway.Admin;

/// <summary>The admin API below <c>/api</c>, with its document.</summary>
internal static class AdminSetup
{
    public const string DocumentPath = "/api/openapi.json";

    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddServedOptions<AdminOptions>("Admin");
        services.AddSingleton<IValidateOptions<AdminOptions>, AdminOptionsValidator>();
        services.AddSingleton<AdminKey>();
        services.AddSingleton<AdminGuard>();
        services.AddSingleton<DeadLetterDesk>();
        services.AddSingleton<SessionDesk>();
        services.AddHostedService<DeadLetterMetrics>();
        services.AddHostedService<GatewayAddressFile>();
        services.ConfigureHttpJsonOptions(static options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, AdminJson.Default));
        services.AddOpenApi(static options =>
        {
            options.ShouldInclude = static route => route.RelativePath?.StartsWith("api/", StringComparison.Ordinal) == true;
            options.AddDocumentTransformer<AdminDocument>();
        });
        return services;
    }

    public static void MapAdmin(this WebApplication app)
    {
        var guard = app.Services.GetRequiredService<AdminGuard>();
        app.UseWhen(static context => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase), branch => branch.Use(guard.InvokeAsync));
        var api = app.MapGroup("/api").ProducesProblem(StatusCodes.Status401Unauthorized).ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        DeadLetterApi.Map(api.MapGroup("/dead-letters").WithTags("Dead letters"));
        JourneyApi.Map(api.MapGroup("/journeys").WithTags("Journeys"));
        GapApi.Map(api.MapGroup("/gaps").WithTags("Gaps"));
        IntegrationApi.Map(api.MapGroup("/integrations").WithTags("Integrations"));
        SessionApi.Map(api.MapGroup("/sessions").WithTags("Sessions"));
        app.MapOpenApi(DocumentPath);
    }
}
