using System.Text.Encodings.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OpenClaw.ServiceDefaults.Logs;

/// <summary>One JSON object a line on standard output, with level, category, UTC time and scopes.</summary>
public static class JsonLogs
{
    private const string HostCategory = "Microsoft.Extensions.Hosting.Internal.Host";

    /// <summary>Replaces every log provider by the JSON console, at Information (the web stack at Warning) unless <c>Logging__LogLevel__*</c> says otherwise.</summary>
    public static ILoggingBuilder AddJsonLogs(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.AddJsonConsole(static console =>
        {
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

            // Logs are read by people and collectors, not by browsers: "não" stays "não".
            console.JsonWriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        });
        logging.Configure(static factory => factory.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        logging.Services.Configure<LoggerFilterOptions>(static filter =>
        {
            // Of equally specific rules the last one wins, so defaults go in front of what the configuration brought.
            filter.Rules.Insert(0, new(null, "Microsoft.AspNetCore", LogLevel.Warning, null));
            filter.Rules.Insert(0, new(null, "System.Net.Http", LogLevel.Warning, null));
            filter.Rules.Insert(0, new(null, null, LogLevel.Information, null));

            // At level Error the host writes a failed start with its stack trace. StartupFailure says the same in one sentence, and
            // logs what it does not know. Background services that fail are also written at Critical, which stays.
            filter.Rules.Add(new(null, HostCategory, null, static (_, _, level) => level is LogLevel.Warning or LogLevel.Critical or LogLevel.Information));
        });
        return logging;
    }
}
