using OpenClaw.Core.Configuration;

namespace OpenClaw.Gateway.Startup;

/// <summary>What is known once the process listens, in words for people. Nothing here is masked any more: see <see cref="SettingMask"/>.</summary>
internal sealed record StartupFacts
{
    /// <summary>Where the server listens, as the server says it (<c>http://[::]:5080</c> too).</summary>
    public required IReadOnlyCollection<string> Urls { get; init; }

    /// <summary>Whether the chat page at <c>/simulator</c> is on.</summary>
    public required bool HasSimulator { get; init; }

    /// <summary><c>all-in-one</c> or <c>gateway only</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>For example <c>offline brain (rule-based)</c> or <c>gpt-5-mini at https://api.openai.com/v1</c>.</summary>
    public required string Model { get; init; }

    /// <summary><c>built-in simulator</c> or the address.</summary>
    public required string Waha { get; init; }

    /// <summary>The absolute path.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>What differs from the defaults, see <see cref="ServedSettings.DifferingFromDefaults"/>.</summary>
    public IReadOnlyList<ChangedSetting> Settings { get; init; } = [];

    /// <summary>What works but should not stay so, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>What to do next, a line or two. Empty = open the simulator, or nothing.</summary>
    public IReadOnlyList<string> NextSteps { get; init; } = [];
}
