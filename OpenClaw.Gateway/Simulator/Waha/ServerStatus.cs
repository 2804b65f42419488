using System.Diagnostics;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>Since when this WAHA runs. What it keeps lives in the process's memory, so it is as old as the process.</summary>
internal static class ServerStatus
{
    /// <summary><c>{"startTimestamp":1795336330042,"uptime":3600000,"worker":{"id":null}}</c></summary>
    public static Task WriteAsync(HttpContext context) => WahaAnswers.WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        using var process = Process.GetCurrentProcess();
        var started = new DateTimeOffset(process.StartTime);
        json.WriteStartObject();
        json.WriteNumber("startTimestamp", started.ToUnixTimeMilliseconds());
        json.WriteNumber("uptime", Math.Max(0, (long)(TimeProvider.System.GetUtcNow() - started).TotalMilliseconds));
        json.WriteStartObject("worker");
        json.WriteNull("id");
        json.WriteEndObject();
        json.WriteEndObject();
    });
}
