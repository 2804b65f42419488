using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using OpenClaw.Core.Integrations;

namespace OpenClaw.Core.WhatsApp;

/// <summary>
/// The calls to WAHA that the product makes. No call throws for anything WAHA does or fails to do; all of them throw
/// <see cref="OperationCanceledException"/> when the caller's token fires. A time-out is an outcome. Bodies of answers never
/// leave this class: WAHA's 500 echoes the request with the text in it.
/// </summary>
/// <remarks>
/// A send is let through by its caller, who does so before it commits a claim (<see cref="Session"/>). Reads and manners are held back here
/// while the session's breaker is open: each of them would block for 5 to 10 s.
/// </remarks>
public sealed partial class WahaClient(IWahaAddress address, IntegrationRegistry integrations, TimeProvider timeProvider, ILogger<WahaClient> logger) : IDisposable
{
    private const int SmallAnswer = 256 * 1024;
    private const int LargeAnswer = 16 * 1024 * 1024;

    private readonly WahaTransport _transport = new(address, timeProvider);

    /// <summary>The integration that calls of a session belong to.</summary>
    public Integration Session(string session) => integrations.Waha(session);

    /// <summary>Sends one text. Not idempotent: after <see cref="SendOutcome.Uncertain"/> read the chat before sending again.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="chatId">Chat as WAHA names it, for example <c>5511987654321@c.us</c>.</param>
    /// <param name="text">Text with WhatsApp's marks.</param>
    /// <param name="replyTo">Full id of the quoted message, or null.</param>
    /// <param name="timeout">WAHA blocks up to 10 s while its session is not WORKING: allow more than that.</param>
    /// <param name="requestId">Sent as <c>X-Request-Id</c>.</param>
    /// <param name="messageId">The raw id that the message is to have, from <see cref="GetNewMessageIdAsync"/>; null = WAHA chooses.</param>
    /// <param name="cancellationToken">Gives up and throws; what happened to the text is then as uncertain as after a time-out.</param>
    public async Task<SendResult> SendTextAsync(
        string session, string chatId, string text, string? replyTo, TimeSpan timeout, string? requestId, string? messageId, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("sendText", new SendTextBody(session, chatId, text, replyTo, messageId), WahaJson.Default.SendTextBody, timeout, requestId, cancellationToken, readsFailure: true);
        return WahaAnswers.Send(answer);
    }

    /// <summary>Marks messages as read (blue ticks).</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="chatId">Chat.</param>
    /// <param name="messageIds">Full ids; empty = the whole chat, which NOWEB can do only with a store.</param>
    /// <param name="participant">The author in a group.</param>
    /// <param name="timeout">Time for the whole call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether WAHA took it.</returns>
    public async Task<bool> SendSeenAsync(
        string session, string chatId, IReadOnlyList<string> messageIds, string? participant, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (!Session(session).IsClosed)
            return false;
        var body = new SendSeenBody(session, chatId, messageIds.Count == 0 ? null : messageIds, participant);
        return (await PostAsync("sendSeen", body, WahaJson.Default.SendSeenBody, timeout, null, cancellationToken)).IsSuccess;
    }

    /// <summary>Shows "typing..." in the chat until <see cref="StopTypingAsync"/> or a message.</summary>
    public async Task<bool> StartTypingAsync(string session, string chatId, TimeSpan timeout, CancellationToken cancellationToken) =>
        Session(session).IsClosed && (await PostAsync("startTyping", new ChatBody(session, chatId), WahaJson.Default.ChatBody, timeout, null, cancellationToken)).IsSuccess;

    /// <summary>Ends "typing...".</summary>
    public async Task<bool> StopTypingAsync(string session, string chatId, TimeSpan timeout, CancellationToken cancellationToken) =>
        Session(session).IsClosed && (await PostAsync("stopTyping", new ChatBody(session, chatId), WahaJson.Default.ChatBody, timeout, null, cancellationToken)).IsSuccess;

    /// <summary>The bot's own messages of a chat from WAHA's store, oldest first: what settles an uncertain send.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="chatId">Chat.</param>
    /// <param name="since">Earliest time, compared in whole seconds.</param>
    /// <param name="limit">Most messages; the newest are kept.</param>
    /// <param name="timeout">Time for the whole call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<ChatReadResult> GetMessagesAsync(
        string session, string chatId, DateTimeOffset since, int limit, TimeSpan timeout, CancellationToken cancellationToken) =>
        ReadPageAsync(session, chatId, since, limit, 0, timeout, cancellationToken);

    /// <summary>Asks which phone number a hidden id belongs to.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="lid"><c>digits@lid</c> or the digits alone.</param>
    /// <param name="timeout">Time for the whole call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LidResult> ResolveLidAsync(string session, string lid, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var path = $"api/{Uri.EscapeDataString(session)}/lids/{Uri.EscapeDataString(lid)}";
        return WahaAnswers.Lid(await ReadAsync(session, "/api/{session}/lids/{lid}", path, SmallAnswer, timeout, cancellationToken));
    }

    /// <summary>The session's state, or null when WAHA could not be asked or has no such session.</summary>
    public async Task<SessionInfo?> GetSessionAsync(string session, TimeSpan timeout, CancellationToken cancellationToken) =>
        WahaAnswers.Session(await GetAsync("/api/sessions/{session}", $"api/sessions/{Uri.EscapeDataString(session)}", SmallAnswer, timeout, cancellationToken));

    /// <inheritdoc />
    public void Dispose() => _transport.Dispose();

    private async Task<WahaAnswer> PostAsync<TBody>(
        string call, TBody body, JsonTypeInfo<TBody> typeInfo, TimeSpan timeout, string? requestId, CancellationToken cancellationToken, bool readsFailure = false)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(body, typeInfo);
        return await ExchangeAsync(HttpMethod.Post, $"/api/{call}", $"api/{call}", bytes, SmallAnswer, requestId, timeout, cancellationToken, readsFailure: readsFailure);
    }

    /// <summary>A read that needs the session to work, so its silence is the session's. What the request itself is refused for is not.</summary>
    private async Task<WahaAnswer> ReadAsync(string session, string route, string path, int bodyLimit, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var call = Session(session).TryEnterAside();
        if (call is null)
            return WahaAnswer.None(WahaExchange.NotSent, "breaker_open");
        var answer = await GetAsync(route, path, bodyLimit, timeout, cancellationToken);
        if (WahaAnswers.IsSilence(answer))
            call.Failed(answer.RetryAfter);
        return answer;
    }

    private Task<WahaAnswer> GetAsync(string route, string path, int bodyLimit, TimeSpan timeout, CancellationToken cancellationToken) =>
        ExchangeAsync(HttpMethod.Get, route, path, null, bodyLimit, null, timeout, cancellationToken);

    private async Task<WahaAnswer> ExchangeAsync(
        HttpMethod method, string route, string path, byte[]? body, int bodyLimit, string? requestId, TimeSpan timeout, CancellationToken cancellationToken,
        LogLevel failures = LogLevel.Warning, bool readsFailure = false)
    {
        var started = timeProvider.GetTimestamp();
        var answer = await _transport.ExchangeAsync(method, route, path, body, bodyLimit, requestId, timeout, readsFailure, cancellationToken);
        if (!answer.IsSuccess)
            Log.CallFailed(logger, failures, method.Method, route, answer.Reason, (long)timeProvider.GetElapsedTime(started).TotalMilliseconds);
        return answer;
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 1, Message = "WAHA call {Method} {Route} ended with {Reason} after {Milliseconds} ms.")]
        public static partial void CallFailed(ILogger logger, LogLevel level, string method, string route, string reason, long milliseconds);
    }
}
