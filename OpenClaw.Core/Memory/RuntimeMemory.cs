namespace OpenClaw.Core.Memory;

/// <summary>
/// The larger of two shares, because a process ends at whichever limit it meets first: the managed heap of what the runtime allows it
/// (<c>DOTNET_GCHeapHardLimit</c>, else three quarters of a container's limit, else the machine's memory), and the working set of what the runtime calls a
/// high load (nine tenths of the container's limit or of the machine's memory).
/// </summary>
internal sealed class RuntimeMemory : IMemoryReader
{
    public double Share()
    {
        var limits = GC.GetGCMemoryInfo();
        return Math.Max(Of(GC.GetTotalMemory(forceFullCollection: false), limits.TotalAvailableMemoryBytes), Of(Environment.WorkingSet, limits.HighMemoryLoadThresholdBytes));
    }

    public void Collect() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Default, blocking: false);

    private static double Of(long used, long limit) => limit > 0 ? (double)used / limit : 0;
}
