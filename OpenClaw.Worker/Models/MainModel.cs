using OpenClaw.Core.Integrations;

namespace OpenClaw.Worker.Models;

/// <summary>The main model as an integration.</summary>
/// <param name="Integration">Null for the offline brain, which is in this process.</param>
internal sealed record MainModel(Integration? Integration);
