using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>
/// What the runner expects of a Gateway, as a program: it reads the same environment, answers /health, checks the signature,
/// acknowledges with 202, and answers or, in split mode, hands over to a <see cref="StandInWorker"/>. It stores nothing, so it loses
/// what is in flight when killed: the self test shows with it that the runner notices.
/// </summary>
/// <param name="hmacKey">Of the webhooks.</param>
/// <param name="answers">Answers itself; null = it does not.</param>
/// <param name="redis">Where Workers take the messages from; null = there are none.</param>
internal sealed class StandInGateway(byte[] hmacKey, StandInAnswers? answers, IPEndPoint? redis) : IDisposable
{
    /// <summary>The Redis list of messages that no Worker has taken yet.</summary>
    public const string Queue = "stand-in:messages";

    private readonly SemaphoreSlim _turn = new(1);
    private RespConnection? _connection;

    /// <summary>Starts this very program again as a stand-in.</summary>
    public static IReadOnlyList<string> Command => [.. HostLaunch.CommandOf(typeof(StandInGateway).Assembly.Location), "load", "stand-in"];

    /// <summary>Runs until the process is killed.</summary>
    public static async Task RunAsync()
    {
        var redis = StandInSettings.Redis;
        using var answers = redis is null && StandInSettings.Get("Worker__Mode") == "Embedded" ? new StandInAnswers() : null;
        using var gateway = new StandInGateway(Encoding.UTF8.GetBytes(StandInSettings.Get("Waha__WebhookHmacKey")), answers, redis);
        await using var server = await LoopbackServer.StartAsync(gateway.HandleAsync, StandInSettings.Port);
        await server.WaitForShutdownAsync();
    }

    public void Dispose() => _turn.Dispose();

    private async Task HandleAsync(HttpContext context)
    {
        context.Response.ContentLength = 0;
        if (context.Request.Path == "/health")
        {
            return;
        }

        var signature = context.Request.Headers["X-Webhook-Hmac"].ToString();
        var body = await LoopbackServer.ReadBodyAsync(context.Request.BodyReader, b => b.ToArray());
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA512.HashData(hmacKey, body), Convert.FromHexString(signature)))
        {
            context.Response.StatusCode = 401;
            return;
        }

        context.Response.StatusCode = (answers is null && redis is null) || await TryTakeAsync(body) ? 202 : 503;
    }

    private async Task<bool> TryTakeAsync(byte[] body)
    {
        using var webhook = JsonDocument.Parse(body);
        var payload = webhook.RootElement.GetProperty("payload");
        var (chatId, text) = (payload.GetProperty("from").GetString()!, payload.GetProperty("body").GetString()!);
        if (redis is not null)
        {
            return await TryPushAsync(chatId + ' ' + text);
        }

        answers!.Enqueue(chatId, text);
        return true;
    }

    private async Task<bool> TryPushAsync(string message)
    {
        await _turn.WaitAsync();
        try
        {
            _connection ??= await RespConnection.OpenAsync(redis!, CancellationToken.None);
            await _connection.SendAsync(["RPUSH", Queue, message], CancellationToken.None);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            await (_connection?.DisposeAsync() ?? ValueTask.CompletedTask);
            _connection = null;
            return false;
        }
        finally
        {
            _turn.Release();
        }
    }
}
