using System.ClientModel;
using System.ClientModel.Primitives;
using System.Globalization;
using OpenAI;
using OpenAI.Chat;

namespace OpenClaw.Worker.Models.OpenAi;

/// <summary>
/// The SDK's client over our own connections: no retries (a turn retries), no time-out of its own (a decorator has them),
/// bodies read as they arrive.
/// </summary>
internal sealed class ModelTransport : IDisposable
{
    private readonly HttpClient _http;
    private readonly ChatClient _client;
    private readonly TimeProvider _time;

    public ModelTransport(AiModelOptions options, TimeProvider time)
    {
        _time = time;
        var endpoint = options.EndpointAddress;
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A proxy from the environment is for the outside, never for a server on this machine.
            UseProxy = !endpoint.IsLoopback,
            // A redirect would carry the prompt and the key to an address nobody configured.
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2),
            EnableMultipleHttp2Connections = true,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        // The SDK wants a key; servers without one ignore it.
        var key = string.IsNullOrWhiteSpace(options.ApiKey) ? "none" : options.ApiKey.Trim();
        _client = new ChatClient(options.ModelName, new ApiKeyCredential(key), new OpenAIClientOptions
        {
            Endpoint = endpoint,
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
            Transport = new HttpClientPipelineTransport(_http),
        });
    }

    /// <summary>Posts the body and returns the response once its headers are here. The caller disposes it.</summary>
    /// <exception cref="ModelException">Not reachable, or the status is not a 2xx.</exception>
    public async Task<PipelineResponse> PostAsync(BinaryData body, CancellationToken cancellationToken)
    {
        // The SDK's own "Accept: application/json" stays, as in OpenAI's Python SDK: "stream" in the body decides, and with
        // "text/event-stream" the SDK follows redirects and connects again by itself (azure-sdk-for-net, pull request 62430).
        var request = new RequestOptions { BufferResponse = false, ErrorOptions = ClientErrorBehaviors.NoThrow, CancellationToken = cancellationToken };
        PipelineResponse response;
        try
        {
            using var content = BinaryContent.Create(body);
            response = (await _client.CompleteChatAsync(content, request)).GetRawResponse();
        }
        catch (Exception exception) when (exception is ClientResultException or HttpRequestException or IOException)
        {
            throw new ModelException(ModelFailure.Unavailable, innerException: exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            // The handler's connect time-out: a server that drops packets.
            throw new ModelException(ModelFailure.Unavailable, innerException: exception);
        }

        if (response.Status is >= 200 and < 300)
            return response;

        using (response)
            throw new ModelException(Judge(response.Status), ReadRetryAfter(response.Headers), response.Status);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What an HTTP status, or the <c>code</c> of an error inside a stream, means.</summary>
    public static ModelFailure Judge(int status) => status switch
    {
        401 or 403 => ModelFailure.Unauthorized,
        429 => ModelFailure.RateLimited,
        408 or 409 or 425 or >= 500 => ModelFailure.Unavailable,
        _ => ModelFailure.BadRequest,
    };

    // Retry-After: 20 | Wed, 21 Oct 2026 07:28:00 GMT; OpenAI adds retry-after-ms: 1250
    private TimeSpan? ReadRetryAfter(PipelineResponseHeaders headers)
    {
        if (headers.TryGetValue("retry-after-ms", out var text) && TryReadNumber(text, out var milliseconds))
            return TimeSpan.FromMilliseconds(milliseconds);
        if (!headers.TryGetValue("Retry-After", out text))
            return null;
        if (TryReadNumber(text, out var seconds))
            return TimeSpan.FromSeconds(seconds);
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            return null;

        var wait = moment - _time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }

    private static bool TryReadNumber(string? text, out double number) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number) && number < int.MaxValue;
}
