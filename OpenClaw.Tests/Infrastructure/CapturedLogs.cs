using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>Keeps every log line with all that a collector would get of it: message, template values, scopes, exception.</summary>
internal sealed class CapturedLogs : ILoggerProvider, ISupportExternalScope
{
    private readonly ConcurrentQueue<string> _lines = new();
    private IExternalScopeProvider? _scopes;

    public IReadOnlyCollection<string> Lines => _lines;

    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
        // The lines outlive the host that wrote them.
    }

    public override string ToString() => string.Join('\n', _lines);

    private void Write<TState>(string category, LogLevel level, TState state, Exception? exception, string message)
    {
        var line = new StringBuilder().Append(level).Append(' ').Append(category).Append(' ').Append(message);
        Append(line, state);
        _scopes?.ForEachScope(Append, line);
        if (exception is not null)
            line.Append(" | ").Append(exception);
        _lines.Enqueue(line.ToString());
    }

    private static void Append(object? state, StringBuilder line) => Append(line, state);

    private static void Append(StringBuilder line, object? state)
    {
        if (state is IEnumerable<KeyValuePair<string, object?>> values)
        {
            foreach (var (name, value) in values)
                line.Append(" | ").Append(name).Append('=').Append(value);
        }
        else
        {
            line.Append(" | ").Append(state);
        }
    }

    private sealed class Logger(CapturedLogs owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => owner._scopes?.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner.Write(category, logLevel, state, exception, formatter(state, exception));
    }
}
