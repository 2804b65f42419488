using System.Collections.Concurrent;

namespace OpenClaw.ServiceDefaults.Background;

/// <summary>The supervised services of this process, as the host made them.</summary>
internal sealed class SupervisedServices
{
    private readonly ConcurrentQueue<SupervisedService> _all = new();

    public IReadOnlyCollection<SupervisedService> All => _all;

    public void Add(SupervisedService service) => _all.Enqueue(service);
}
