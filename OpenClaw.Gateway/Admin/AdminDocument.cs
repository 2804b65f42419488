using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace OpenClaw.Gateway.Admin;

/// <summary>What the OpenAPI document says besides the routes: what it is, and that it wants a key.</summary>
internal sealed class AdminDocument : IOpenApiDocumentTransformer
{
    private const string Scheme = "adminKey";

    public Task TransformAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info = new OpenApiInfo { Title = "OpenClaw admin API", Version = "v1", Description = "Errors are problem documents (RFC 9457)." };
        document.Servers = [];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = AdminGuard.KeyHeader };
        document.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [] }];
        return Task.CompletedTask;
    }
}
