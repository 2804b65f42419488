using OpenClaw.Core.Integrations;

namespace OpenClaw.Worker.Models;

/// <summary>How long a model may be silent; who asks it again is the turn.</summary>
internal static class ModelPolicy
{
    public static CallPolicy Of(AiModelOptions options) => new(
        IntegrationKind.Model, [new("first_token", options.FirstTokenTimeout), new("next_token", options.TokenTimeout), new("total", options.TotalTimeout)], []);
}
