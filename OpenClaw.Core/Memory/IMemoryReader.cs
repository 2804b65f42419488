namespace OpenClaw.Core.Memory;

/// <summary>How much of the memory that this process may use is used.</summary>
public interface IMemoryReader
{
    /// <summary>0 to 1, and more where the limit is not a hard one. Cheap enough for twice a second.</summary>
    double Share();

    /// <summary>Begins to free what nobody uses any more, without waiting for it.</summary>
    void Collect();
}
