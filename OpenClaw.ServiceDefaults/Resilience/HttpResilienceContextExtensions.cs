using Polly;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>The request behind a resilience context.</summary>
public static class HttpResilienceContextExtensions
{
    private static readonly ResiliencePropertyKey<HttpRequestMessage?> Key = new("Resilience.Http.RequestMessage");

    /// <summary>The request that is being sent, also where there is no response that would name it.</summary>
    public static HttpRequestMessage? GetRequestMessage(this ResilienceContext context) => context.Properties.GetValue(Key, null);

    /// <summary>Notes the request.</summary>
    public static void SetRequestMessage(this ResilienceContext context, HttpRequestMessage? request) => context.Properties.Set(Key, request);
}
