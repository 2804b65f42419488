using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.Net.Http.Headers;

namespace OpenClaw.Gateway.Simulator.Phone;

/// <summary>The page's script, style and picture, embedded in the assembly, each with an entity tag of its content.</summary>
internal static class PhoneAssets
{
    private static readonly FrozenDictionary<string, Asset> Assets = new[]
    {
        Load("simulator.js", "text/javascript; charset=utf-8"),
        Load("simulator.css", "text/css; charset=utf-8"),
        Load("icon.svg", "image/svg+xml"),
    }.ToFrozenDictionary(asset => asset.Name, StringComparer.Ordinal);

    /// <summary>Answers with the asset that the route's <c>name</c> names: 200, 304 when the browser has it, 404.</summary>
    public static Task WriteAsync(HttpContext context)
    {
        var response = context.Response;
        if (context.Request.RouteValues["name"] is not string name || !Assets.TryGetValue(name, out var asset))
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        response.GetTypedHeaders().ETag = asset.Tag;
        response.Headers.CacheControl = "no-cache";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (context.Request.GetTypedHeaders().IfNoneMatch.Any(tag => tag.Compare(asset.Tag, useStrongComparison: false)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        response.ContentType = asset.ContentType;
        response.ContentLength = asset.Content.Length;
        return response.Body.WriteAsync(asset.Content, context.RequestAborted).AsTask();
    }

    private static Asset Load(string name, string contentType)
    {
        using var stream = typeof(PhoneAssets).Assembly.GetManifestResourceStream("simulator/" + name)
            ?? throw new InvalidOperationException($"The assembly was built without {name}.");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return new(name, contentType, content, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content))[..16]}\""));
    }

    private sealed record Asset(string Name, string ContentType, byte[] Content, EntityTagHeaderValue Tag);
}
