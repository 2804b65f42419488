using Microsoft.Extensions.Configuration;

namespace OpenClaw.AppHost.Levels;

/// <summary>Which parameters somebody gave a value, found in the two forms that Aspire reads.</summary>
internal static class GivenParameters
{
    public static bool HasParameter(this IConfiguration configuration, string name) => configuration.GivenParameter(name) is not null;

    /// <summary>The value that was given; null without one, and for a blank one.</summary>
    public static string? GivenParameter(this IConfiguration configuration, string name) =>
        NotBlank(configuration[$"Parameters:{name}"]) ?? NotBlank(configuration[$"Parameters:{name.Replace('-', '_')}"]);

    private static string? NotBlank(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;
}
