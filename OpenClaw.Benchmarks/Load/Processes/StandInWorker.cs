using System.Net;
using System.Net.Sockets;
using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>What the runner expects of a Worker, as a program: it answers /health and the messages that it takes from Redis.</summary>
internal static class StandInWorker
{
    /// <summary>Starts this very program again as a stand-in.</summary>
    public static IReadOnlyList<string> Command => [.. HostLaunch.CommandOf(typeof(StandInWorker).Assembly.Location), "load", "stand-in-worker"];

    /// <summary>Runs until the process is killed.</summary>
    public static async Task RunAsync()
    {
        using var answers = new StandInAnswers();
        await using var server = await LoopbackServer.StartAsync(
            context =>
            {
                context.Response.ContentLength = 0;
                return Task.CompletedTask;
            },
            StandInSettings.Port);
        await Task.WhenAny(TakeAsync(StandInSettings.Redis!, answers), server.WaitForShutdownAsync());
    }

    private static async Task TakeAsync(IPEndPoint redis, StandInAnswers answers)
    {
        while (true)
        {
            try
            {
                await using var connection = await RespConnection.OpenAsync(redis, CancellationToken.None);
                while (true)
                {
                    var taken = await connection.SendAsync(["BLPOP", StandInGateway.Queue, "0"], CancellationToken.None);
                    var message = taken[1].Split(' ', 2);
                    answers.Enqueue(message[0], message[1]);
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }
}
