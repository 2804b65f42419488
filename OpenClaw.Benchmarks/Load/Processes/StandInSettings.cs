using System.Net;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>The environment of a stand-in: the same keys as the program it stands for.</summary>
internal static class StandInSettings
{
    public static int Port => new Uri(Get("ASPNETCORE_URLS")).Port;

    public static IPEndPoint? Redis => Environment.GetEnvironmentVariable("ConnectionStrings__redis") is { } address ? IPEndPoint.Parse(address) : null;

    public static string Get(string key) => Environment.GetEnvironmentVariable(key) ?? throw new InvalidOperationException($"{key} is not set.");
}
