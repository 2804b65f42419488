using OpenClaw.Core.People;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>What a person finds in the own folder when it is made; a host without one leaves it empty.</summary>
internal interface IStartingFiles
{
    /// <summary>Writes into the new folder at <paramref name="root"/> (absolute path), or leaves it as it is.</summary>
    void Furnish(PersonScope person, string root);
}
