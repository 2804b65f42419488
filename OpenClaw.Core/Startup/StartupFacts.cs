using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Startup;

/// <summary>What is known once the process listens, in words for people. Nothing here is masked any more: see <see cref="SettingMask"/>.</summary>
public sealed record StartupFacts
{
    /// <summary>Where the server listens, as the server says it (<c>http://[::]:5080</c> too).</summary>
    public required IReadOnlyCollection<string> Urls { get; init; }

    /// <summary>What can be opened below the first address: <c>Simulator</c> = <c>/simulator</c>, <c>Health</c> = <c>/health</c>.</summary>
    public IReadOnlyList<(string Label, string Path)> Pages { get; init; } = [];

    /// <summary>For example <c>all-in-one</c> or <c>worker of a split system</c>.</summary>
    public required string Mode { get; init; }

    /// <summary>Host and port of Redis; null without one.</summary>
    public string? Redis { get; init; }

    /// <summary>For example <c>PostgreSQL, db:5432/openclaw</c>; null where it is the file in the data directory of a single process.</summary>
    public string? Database { get; init; }

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

    /// <summary>What to do next, a line or two; <c>{address}</c> stands for the first address.</summary>
    public IReadOnlyList<string> NextSteps { get; init; } = [];
}
