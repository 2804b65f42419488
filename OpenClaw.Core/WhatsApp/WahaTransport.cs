using System.Diagnostics;
using System.Net;

namespace OpenClaw.Core.WhatsApp;

/// <summary>
/// One HTTP exchange with WAHA, told apart by how far it came. Spans are made here and not by HttpClient: its spans carry the whole
/// address, and WAHA's paths hold phone numbers.
/// </summary>
internal sealed class WahaTransport : IDisposable
{
    private static readonly ActivitySource Source = new("OpenClaw.WhatsApp");
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromHours(1);

    private readonly IWahaAddress _address;
    private readonly TimeProvider _timeProvider;
    private readonly HttpClient _http;

    public WahaTransport(IWahaAddress address, TimeProvider timeProvider)
    {
        _address = address;
        _timeProvider = timeProvider;
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            // Message texts go to WAHA and to nobody else: a proxy from the environment is for the way out of the network.
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            // Node closes an idle connection after 5 s; a POST that races with that close would be an uncertain send.
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(4),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ActivityHeadersPropagator = null,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <param name="method">HTTP method.</param>
    /// <param name="route">The path with placeholders, for the span: it holds nobody's id.</param>
    /// <param name="path">The path below the base address, escaped.</param>
    /// <param name="body">JSON, or null.</param>
    /// <param name="bodyLimit">Most bytes of an answer that are read.</param>
    /// <param name="requestId">Sent as <c>X-Request-Id</c>.</param>
    /// <param name="timeout">From now to the end of the answer's body.</param>
    /// <param name="readsFailure">Whether the body of a 5xx is wanted, too: WAHA echoes the request in it.</param>
    /// <param name="cancellationToken">The caller gives up: the only thing that throws.</param>
    public async Task<WahaAnswer> ExchangeAsync(
        HttpMethod method, string route, string path, byte[]? body, int bodyLimit, string? requestId, TimeSpan timeout, bool readsFailure, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_address.BaseAddress is not { } baseAddress)
            return WahaAnswer.None(WahaExchange.NotSent, "waha_not_ready");
        if (timeout <= TimeSpan.Zero)
            return WahaAnswer.None(WahaExchange.NotSent, "no_time_left");

        using var activity = Source.StartActivity($"{method.Method} {route}", ActivityKind.Client);
        using var content = body is null ? null : new TrackedContent(body);
        using var request = new HttpRequestMessage(method, new Uri(baseAddress, path)) { Content = content };
        AddHeaders(request, requestId);

        using var deadline = new CancellationTokenSource(timeout, _timeProvider);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var answer = await ExchangeAsync(request, content, bodyLimit, readsFailure, deadline.Token, linked.Token, cancellationToken);
        Describe(activity, method, route, answer);
        return answer;
    }

    public void Dispose() => _http.Dispose();

    private async Task<WahaAnswer> ExchangeAsync(
        HttpRequestMessage request, TrackedContent? content, int bodyLimit, bool readsFailure, CancellationToken deadline, CancellationToken linked, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, linked);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            return WithoutAnswer(exception, content, deadline.IsCancellationRequested);
        }

        using (response)
        {
            var status = (int)response.StatusCode;
            var wanted = status is (>= 200 and < 300) or (>= 400 and < 500) || (readsFailure && status >= 500);
            var read = wanted ? await ReadAsync(response.Content, bodyLimit, linked) : null;
            cancellationToken.ThrowIfCancellationRequested();
            return new WahaAnswer(WahaExchange.Answered, status, read, read is not null, RetryAfter(response), $"http_{status}");
        }
    }

    // As long as no byte of the body was handed to the connection, WAHA cannot have acted on the request.
    private static WahaAnswer WithoutAnswer(Exception exception, TrackedContent? content, bool timedOut)
    {
        if (content is { Started: true })
            return timedOut ? WahaAnswer.None(WahaExchange.TimedOut, "timeout") : WahaAnswer.None(WahaExchange.Cut, "connection_cut");

        return WahaAnswer.None(WahaExchange.NotSent, exception switch
        {
            HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } => "connection_refused",
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "tls_failed",
            OperationCanceledException => timedOut ? "timeout" : "connect_timeout",
            _ => "connection_failed",
        });
    }

    private static async Task<byte[]?> ReadAsync(HttpContent content, int limit, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > limit)
            return null;
        try
        {
            using var buffer = new MemoryStream();
            await using var stream = await content.ReadAsStreamAsync(cancellationToken);
            var chunk = new byte[4096];
            int read;
            while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
            {
                if (buffer.Length + read > limit)
                    return null;
                buffer.Write(chunk, 0, read);
            }

            return buffer.ToArray();
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            return null;
        }
    }

    private void AddHeaders(HttpRequestMessage request, string? requestId)
    {
        if (_address.ApiKey is { Length: > 0 } key)
            request.Headers.TryAddWithoutValidation("X-Api-Key", key);
        if (requestId is { Length: > 0 })
            request.Headers.TryAddWithoutValidation("X-Request-Id", requestId);
        if (Activity.Current is { } current)
            DistributedContextPropagator.Current.Inject(current, request.Headers, static (carrier, name, value) =>
                ((System.Net.Http.Headers.HttpRequestHeaders)carrier!).TryAddWithoutValidation(name, value));
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.RetryAfter is not { } header)
            return null;
        var wait = header.Delta ?? header.Date - _timeProvider.GetUtcNow() ?? TimeSpan.Zero;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait > LongestRetryAfter ? LongestRetryAfter : wait;
    }

    private static void Describe(Activity? activity, HttpMethod method, string route, WahaAnswer answer)
    {
        if (activity is null)
            return;
        activity.SetTag("http.request.method", method.Method);
        activity.SetTag("url.template", route);
        if (answer.Status > 0)
            activity.SetTag("http.response.status_code", answer.Status);
        if (answer.IsSuccess)
            return;
        activity.SetTag("error.type", answer.Reason);
        activity.SetStatus(ActivityStatusCode.Error);
    }

    private sealed class TrackedContent : ByteArrayContent
    {
        public TrackedContent(byte[] body)
            : base(body) => Headers.TryAddWithoutValidation("Content-Type", "application/json");

        public bool Started { get; private set; }

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            Started = true;
            return base.SerializeToStreamAsync(stream, context, cancellationToken);
        }
    }
}
