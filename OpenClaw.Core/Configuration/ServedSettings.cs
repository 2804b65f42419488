using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace OpenClaw.Core.Configuration;

/// <summary>A setting that somebody changed, as it may be shown.</summary>
/// <param name="Name">Environment form, for example <c>Ai__Main__ApiKey</c>.</param>
/// <param name="Value">Masked where it is a secret or a phone number.</param>
/// <param name="Source"><c>environment variable</c>, <c>command line</c>, <c>service discovery</c>, or the file's name.</param>
public sealed record ChangedSetting(string Name, string Value, string Source);

/// <summary>Reads back what is configured.</summary>
public static class ServedSettings
{
    /// <summary>The served settings whose value is not the one in code, in the order of their names.</summary>
    public static IReadOnlyList<ChangedSetting> DifferingFromDefaults(IConfigurationRoot configuration, IEnumerable<ServedOptions> served)
    {
        var changed = new List<ChangedSetting>();
        foreach (var shape in SettingShape.Of(served).Settable())
            Collect(configuration, shape, configuration.GetSection(shape.Path), changed);
        foreach (var connection in SettingsCheck.OurConnections.Select(name => "ConnectionStrings:" + name))
        {
            if (configuration[connection] is { Length: > 0 } text)
                changed.Add(Describe(configuration, connection, text));
        }

        return [.. changed.OrderBy(static setting => setting.Name, StringComparer.Ordinal)];
    }

    private static void Collect(IConfigurationRoot configuration, SettingShape shape, IConfigurationSection section, List<ChangedSetting> changed)
    {
        if (shape.Value is { } type && section.Value is { } text && !IsDefault(shape, type, text))
            changed.Add(Describe(configuration, section.Path, text));

        if (shape.Entry is { } entry)
        {
            foreach (var child in section.GetChildren())
                Collect(configuration, entry, child, changed);
        }

        foreach (var (name, child) in shape.Children)
            Collect(configuration, child, section.GetSection(name), changed);
    }

    private static bool IsDefault(SettingShape shape, Type type, string text) =>
        (text.Length == 0 && shape.Default is null or "") || (SettingValue.TryRead(type, text, out var value) && Equals(value, shape.Default));

    private static ChangedSetting Describe(IConfigurationRoot configuration, string path, string value) =>
        new(SettingName.Of(path), SettingMask.Show(path, value), Source(configuration, path));

    private static string Source(IConfigurationRoot configuration, string path) =>
        configuration.Providers.Reverse().FirstOrDefault(provider => provider.TryGet(path, out _)) switch
        {
            EnvironmentVariablesConfigurationProvider => "environment variable",
            CommandLineConfigurationProvider => "command line",
            DiscoveredSettings => "service discovery",
            FileConfigurationProvider file => Path.GetFileName(file.Source.Path) ?? "file",
            ChainedConfigurationProvider { Configuration: IConfigurationRoot chained } => Source(chained, path),
            _ => "code",
        };
}
