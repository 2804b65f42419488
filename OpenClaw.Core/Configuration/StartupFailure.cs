using System.Globalization;
using System.Net.Sockets;
using System.Text.Encodings.Web;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Connections;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Configuration;

/// <summary>Runs a host and turns what ends it into one sentence on standard error and an exit code.</summary>
public static partial class StartupFailure
{
    /// <summary>The exit code when a setting, a port or a folder has to be changed.</summary>
    public const int MendableExitCode = 2;

    /// <summary>The exit code after an error that nobody foresaw.</summary>
    public const int UnexpectedExitCode = 1;

    /// <summary>Runs <paramref name="run"/> to its end. Everything that can fail belongs inside, the building of the host too.</summary>
    /// <param name="run">Builds and runs the host.</param>
    /// <param name="errors">Where people read; standard error by default.</param>
    /// <returns>The exit code of the process: 0, <see cref="MendableExitCode"/> or <see cref="UnexpectedExitCode"/>.</returns>
    public static async Task<int> RunAsync(Func<Task> run, TextWriter? errors = null)
    {
        errors ??= Console.Error;
        try
        {
            await run();
            return 0;
        }
        catch (Exception exception)
        {
            if (Explain(exception) is { Count: > 0 } sentences)
            {
                foreach (var sentence in sentences)
                    await errors.WriteLineAsync($"OpenClaw cannot start: {sentence}");
                return MendableExitCode;
            }

            LogUnexpected(exception);
            await errors.WriteLineAsync($"OpenClaw stopped because of an unexpected error ({exception.GetType().Name}); the log line above has the details.");
            return UnexpectedExitCode;
        }
    }

    /// <summary>What a person can change, one sentence each; empty for an error that nobody foresaw.</summary>
    internal static IReadOnlyList<string> Explain(Exception exception) => exception switch
    {
        StartupException startup => startup.Sentences,
        OptionsValidationException options => [.. options.Failures],
        AggregateException aggregate => ExplainAll(aggregate),
        OperationCanceledException => ["it was stopped before it was ready."],
        InvalidOperationException when UnknownLevel().IsMatch(exception.Message) =>
            ["a Logging__LogLevel__ setting is not a level. Write Trace, Debug, Information, Warning, Error, Critical or None."],
        _ when ExplainAddress(exception) is { } sentence => [sentence],
        _ when ExplainFiles(exception) is { } sentence => [sentence],
        InvalidOperationException when UnreadableSetting().Match(exception.Message) is { Success: true } match =>
            [$"{SettingName.Of(match.Groups["path"].Value)} has a value that cannot be read. Write one of type {SettingName.Last(match.Groups["type"].Value.Replace('.', ':'))}."],
        _ => [],
    };

    private static IReadOnlyList<string> ExplainAll(AggregateException aggregate)
    {
        var each = aggregate.Flatten().InnerExceptions.Select(Explain).ToArray();
        return each.Any(static sentences => sentences.Count == 0) ? [] : [.. each.SelectMany(static sentences => sentences)];
    }

    private static string? ExplainAddress(Exception exception)
    {
        var address = Address().Match(exception.Message);
        var port = address.Success ? address.Groups["port"].Value : "";
        return exception switch
        {
            _ when exception is AddressInUseException || exception.InnerException is AddressInUseException =>
                port.Length > 0
                    ? $"port {port} is already in use. Stop what listens there, or set ASPNETCORE_URLS to another address, for example http://localhost:{Another(port)}."
                    : "its port is already in use. Stop what listens there, or set ASPNETCORE_URLS to another address.",
            _ when Socket(exception) is { SocketErrorCode: SocketError.AccessDenied } =>
                "it may not listen on the port that ASPNETCORE_URLS names. Write a port above 1023, for example http://localhost:5080.",
            _ when Socket(exception) is { SocketErrorCode: SocketError.AddressNotAvailable } =>
                "this machine does not have the address that ASPNETCORE_URLS names. Write http://localhost:5080, or http://0.0.0.0:5080 for all addresses.",
            FormatException when exception.Message.StartsWith("Invalid url", StringComparison.Ordinal) =>
                "ASPNETCORE_URLS is not an address. Write one like http://localhost:5080.",
            InvalidOperationException when exception.Message.Contains("HTTPS", StringComparison.OrdinalIgnoreCase) =>
                "ASPNETCORE_URLS asks for https, which this server does not speak. Write an http address, and put a reverse proxy with a certificate in front.",
            InvalidOperationException when exception.Message.StartsWith("A path base can only be configured", StringComparison.Ordinal) =>
                "ASPNETCORE_URLS must not hold a path. Write an address like http://localhost:5080.",
            _ => null,
        };
    }

    private static SocketException? Socket(Exception exception) => exception as SocketException ?? exception.InnerException as SocketException;

    private static int Another(string port) =>
        int.TryParse(port, CultureInfo.InvariantCulture, out var number) && number < ushort.MaxValue ? number + 1 : 5080;

    private static string? ExplainFiles(Exception exception) => exception switch
    {
        UnauthorizedAccessException => $"the data directory cannot be written ({exception.Message.TrimEnd('.')}). Make it writable, or set Storage__DataDirectory to another folder.",
        InvalidDataException when exception.Message.StartsWith("Failed to load configuration", StringComparison.Ordinal) => $"{exception.Message.TrimEnd('.')}. Correct its JSON.",
        IOException when exception.Message.Contains("inotify", StringComparison.Ordinal) => "the system has no file watchers left. Set DOTNET_USE_POLLING_FILE_WATCHER=1, or raise fs.inotify.max_user_instances.",
        IOException => $"a file or folder cannot be used ({exception.Message.TrimEnd('.')}). Mend it, or set Storage__DataDirectory to a folder that can be written.",
        SqliteException { SqliteErrorCode: 13 } => "the disk of the data directory is full. Free some space, or set Storage__DataDirectory to another folder.",
        SqliteException { SqliteErrorCode: 8 or 14 or 23 } => "the database in the data directory cannot be opened or written. Make the folder writable, or set Storage__DataDirectory to another one.",
        SqliteException { SqliteErrorCode: 11 or 26 } => "the database in the data directory is damaged or no database. Restore a backup, or set Storage__DataDirectory to another folder.",
        SqliteException { SqliteErrorCode: 5 or 6 } => "the database is locked by another process. Stop that process, or set Storage__DataDirectory to another folder.",
        _ when exception.InnerException is SqliteException or UnauthorizedAccessException => ExplainFiles(exception.InnerException),
        _ => null,
    };

    private static void LogUnexpected(Exception exception)
    {
        // The host's own loggers are gone by now; the line has the shape of theirs.
        using var factory = LoggerFactory.Create(static logging => logging.AddJsonConsole(static console =>
        {
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            console.JsonWriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        }));
        Log.Stopped(factory.CreateLogger(typeof(StartupFailure)), exception);
    }

    [GeneratedRegex(@"address \S*:(?<port>\d+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Address();

    [GeneratedRegex(@"^Failed to convert configuration value.* at '(?<path>[^']+)' to type '(?<type>[^']+)'", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnreadableSetting();

    [GeneratedRegex("^Configuration value '[^']*' is not supported", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UnknownLevel();

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Critical, "Stopped by an unexpected error.")]
        public static partial void Stopped(ILogger logger, Exception exception);
    }
}
