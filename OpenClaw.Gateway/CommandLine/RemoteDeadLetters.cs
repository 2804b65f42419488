using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Gateway.Admin;

namespace OpenClaw.Gateway.CommandLine;

/// <summary>Through the admin API of the Gateway that runs.</summary>
/// <param name="gateway">Its address.</param>
/// <param name="key">Its admin key.</param>
/// <param name="occupied">Why the data cannot be opened here, should it not answer.</param>
internal sealed class RemoteDeadLetters(Uri gateway, string key, string occupied) : IDeadLetterDesk, IDisposable
{
    private const string Path = "api/dead-letters";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { BaseAddress = new Uri(gateway, "/"), Timeout = Patience };

    public async Task<DeadLetterList> ListAsync(DeadLetterQuery query, string? after, int limit, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, Path + Text(query, ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("after", after)), cancellationToken);
        return await ReadAsync(response, AdminJson.Default.DeadLetterList, cancellationToken);
    }

    public async Task<DeadLetterDetail?> ShowAsync(DeadLetterId id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"{Path}/{id}", cancellationToken);
        return response.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(response, AdminJson.Default.DeadLetterDetail, cancellationToken);
    }

    public Task<DeadLetterAnswer> ReplayAsync(DeadLetterId id, CancellationToken cancellationToken) => ChangeAsync(HttpMethod.Post, $"{Path}/{id}/replay", id, cancellationToken);

    public Task<DeadLetterAnswer> DiscardAsync(DeadLetterId id, CancellationToken cancellationToken) => ChangeAsync(HttpMethod.Delete, $"{Path}/{id}", id, cancellationToken);

    public async Task<DeadLetterSweepAnswer> ReplayAllAsync(DeadLetterQuery query, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, $"{Path}/replay{Text(query)}", cancellationToken);
        return await ReadAsync(response, AdminJson.Default.DeadLetterSweepAnswer, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private async Task<DeadLetterAnswer> ChangeAsync(HttpMethod method, string path, DeadLetterId id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, path, cancellationToken);
        if (response.StatusCode is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict))
            return await ReadAsync(response, AdminJson.Default.DeadLetterAnswer, cancellationToken);
        var problem = await ReadAnyAsync(response, AdminJson.Default.ProblemDetails, cancellationToken);
        return problem.Extensions.TryGetValue("outcome", out var outcome) && outcome?.ToString() is { } word
            ? new DeadLetterAnswer(id.ToString(), word, problem.Detail ?? "")
            : throw Unanswered("it is another version");
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Headers = { { AdminGuard.KeyHeader, key } } };
        try
        {
            var response = await _http.SendAsync(request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.Unauthorized)
                return response;
            response.Dispose();
            throw new CommandLineException(
                ExitCodes.Usage, $"The Gateway at {gateway} refused the admin key: give this command the Admin__ApiKey that the Gateway was started with.");
        }
        catch (HttpRequestException error)
        {
            throw Unanswered(error.InnerException is SocketException socket ? socket.SocketErrorCode.ToString() : error.HttpRequestError.ToString());
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unanswered("no answer in five minutes; look at the list before you repeat this");
        }
    }

    private async Task<T> ReadAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return await ReadAnyAsync(response, type, cancellationToken);
        throw new CommandLineException(
            response.StatusCode == HttpStatusCode.ServiceUnavailable ? ExitCodes.Unavailable : ExitCodes.Unexpected,
            (await ReadAnyAsync(response, AdminJson.Default.ProblemDetails, cancellationToken)).Detail ?? $"The Gateway at {gateway} answered {(int)response.StatusCode}.");
    }

    private async Task<T> ReadAnyAsync<T>(HttpResponseMessage response, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsStringAsync(cancellationToken), type) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw Unanswered($"it answered {(int)response.StatusCode}, but is no Gateway, or another version");
        }
    }

    private CommandLineException Unanswered(string reason) => new(
        ExitCodes.Unavailable, $"{occupied}{Environment.NewLine}It was looked for at {gateway} ({reason}): if it listens elsewhere, add --urls=<its address>.");

    private static string Text(DeadLetterQuery query, params IEnumerable<(string Name, string? Value)> more)
    {
        (string Name, string? Value)[] all =
        [
            ("kind", query.Kind), ("reason", query.Reason), ("session", query.Session), ("lane", query.Lane?.ToString(CultureInfo.InvariantCulture)),
            ("from", query.From?.ToString("O", CultureInfo.InvariantCulture)), ("until", query.Until?.ToString("O", CultureInfo.InvariantCulture)), .. more,
        ];
        var given = all.Where(each => each.Value is not null).Select(each => $"{each.Name}={Uri.EscapeDataString(each.Value!)}").ToList();
        return given.Count == 0 ? "" : "?" + string.Join('&', given);
    }
}
