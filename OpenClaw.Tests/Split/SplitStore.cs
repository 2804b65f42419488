using OpenClaw.Core.Storage;

namespace OpenClaw.Tests.Split;

/// <summary>Where a split system keeps its data, and how a test takes it away.</summary>
internal abstract class SplitStore : IAsyncDisposable
{
    /// <summary>In environment form, for every process.</summary>
    public abstract IReadOnlyDictionary<string, string> Settings { get; }

    /// <summary>A connection of the test's own.</summary>
    public abstract IDatabase Open();

    /// <summary>Every write waits until the result is disposed; reads go on.</summary>
    public abstract Task<IAsyncDisposable> BlockWritesAsync();

    /// <summary>Every write fails until the result is disposed.</summary>
    public abstract Task<IAsyncDisposable> TakeAwayAsync();

    public abstract ValueTask DisposeAsync();
}
