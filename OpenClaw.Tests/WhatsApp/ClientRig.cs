using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.WhatsApp;

/// <summary>A client towards one address, with what it logged and a time that runs out on command.</summary>
internal sealed class ClientRig : IWahaAddress, IDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _guard = new(Patience);

    public ClientRig(Uri? address, string? apiKey = "fake-waha-key")
    {
        (BaseAddress, ApiKey) = (address, apiKey);
        Client = new WahaClient(this, Integrations, Time, Log);
    }

    public Uri? BaseAddress { get; }

    public string? ApiKey { get; }

    public WahaClient Client { get; }

    public IntegrationRegistry Integrations { get; } = IntegrationsOf.Process();

    public TriggeredTime Time { get; } = new();

    public RecordedLog Log { get; } = new();

    /// <summary>Fires only when a test hangs.</summary>
    public CancellationToken Guard => _guard.Token;

    public Task<SendResult> SendAsync(string text = "hello", string chatId = "5511987654321@c.us", string? replyTo = null, string? requestId = null) =>
        Client.SendTextAsync("default", chatId, text, replyTo, Patience, requestId, null, Guard);

    public void Dispose()
    {
        Client.Dispose();
        _guard.Dispose();
    }

    /// <summary>Real clock; timers fire only when told to.</summary>
    internal sealed class TriggeredTime : TimeProvider
    {
        private readonly ConcurrentBag<TriggeredTimer> _timers = [];

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = new TriggeredTimer(callback, state);
            _timers.Add(timer);
            return timer;
        }

        public void RunOut()
        {
            foreach (var timer in _timers)
                timer.Fire();
        }
    }

    internal sealed class RecordedLog : ILogger<WahaClient>
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception) + exception);
    }

    private sealed class TriggeredTimer(TimerCallback callback, object? state) : ITimer
    {
        private volatile bool _disposed;

        public void Fire()
        {
            if (!_disposed)
                callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose() => _disposed = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
