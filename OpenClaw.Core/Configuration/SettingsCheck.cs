using Microsoft.Extensions.Configuration;

namespace OpenClaw.Core.Configuration;

/// <summary>
/// Holds the configuration against the options classes that this process serves. The binder ignores what it does not know;
/// here a typo, a key of a later version and a value that does not fit each become one sentence that says what to change.
/// </summary>
public sealed class SettingsCheck
{
    private const string Connections = "ConnectionStrings";

    private static readonly string[] OurSections =
    [
        "Storage", "Worker", "Waha", "Webhooks", "Ai", "Access", "Groups", "Limits", "Turns", "Delivery",
        "Backfill", "Skills", "Security", "Admin", "Console", "Simulator",
    ];

    internal static readonly string[] OurConnections = ["openclaw", "openclaw-keys", SplitMode.Connection];

    // Keys of the configuration contract that later versions serve; each stops counting the day an options class has it.
    private static readonly string[] Planned =
    [
        "Ai:Small", "Ai:Fallbacks", "Console:Password", "Console:AllowGeneratedPassword",
    ];

    // Gateway and Workers of a split system are given one environment file. A Worker serves every key but these.
    internal static readonly string[] GatewayOnly =
    [
        "Access:Mode", "Access:Allowed", "Admin:ApiKey", "Backfill:Enabled", "Backfill:MaxAge", "Backfill:CheckInterval", "Backfill:MaxMessagesPerChat", "Backfill:MaxMessages",
        "Groups:TriggerWord", "Simulator:AllowPublic", "Webhooks:MaxAge",
    ];

    private readonly SettingShape _shape;
    private readonly SettingShape[] _settable;
    private readonly HashSet<string> _sections;
    private readonly List<string> _sentences = [];

    private SettingsCheck(IEnumerable<ServedOptions> served)
    {
        _shape = SettingShape.Of(served);
        _settable = [.. _shape.Settable()];
        _sections = new(OurSections.Concat(_shape.Children.Keys), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>One sentence for every key that is unknown, not served yet or has a value that does not fit; empty when all is well.</summary>
    public static IReadOnlyList<string> Find(IConfiguration configuration, IEnumerable<ServedOptions> served)
    {
        var check = new SettingsCheck(served);
        foreach (var section in configuration.GetChildren())
            check.VisitRoot(section);
        return check._sentences;
    }

    private void VisitRoot(IConfigurationSection section)
    {
        if (section.Key.Equals(Connections, StringComparison.OrdinalIgnoreCase))
        {
            foreach (var connection in section.GetChildren())
                VisitConnection(connection);
        }
        else if (_sections.Contains(section.Key))
        {
            // A value on the section itself is somebody else's variable: CONSOLE and WORKER are names in wide use.
            foreach (var child in section.GetChildren())
                Visit(child, _shape.Children.GetValueOrDefault(section.Key)?.Children.GetValueOrDefault(child.Key));
        }
        else
        {
            VisitForeign(section);
        }
    }

    private void VisitConnection(IConfigurationSection connection)
    {
        if (OurConnections.Contains(connection.Key, StringComparer.OrdinalIgnoreCase))
            return;
        if (IsAmong(Planned, connection.Path))
            ReportUnknown(connection.Path, null);
        else if (OurConnections.FirstOrDefault(ours => SettingName.Distance(ours, connection.Key) <= 2) is { } near)
            ReportUnknown(connection.Path, $"{Connections}:{near}");
    }

    private void Visit(IConfigurationSection section, SettingShape? shape)
    {
        if (shape is null)
        {
            foreach (var path in Leaves(section).Where(path => !IsServedElsewhere(path)))
                ReportUnknown(path, Nearest(path));
            return;
        }

        if (shape.Value is { } type)
            VisitValue(section, shape, type);
        else if (!string.IsNullOrEmpty(section.Value))
            _sentences.Add(shape.Entry is null
                ? $"{SettingName.Of(shape.Path)} is a group of settings and takes no value. Did you mean {SettingName.Of(First(shape))}?"
                : $"{SettingName.Of(shape.Path)} is a list. Write {SettingName.Of(shape.Path)}__0 instead.");

        foreach (var child in section.GetChildren())
            Visit(child, shape.Entry ?? shape.Children.GetValueOrDefault(child.Key));
    }

    private void VisitValue(IConfigurationSection section, SettingShape shape, Type type)
    {
        if (section.Value is not { } text || (text.Length == 0 && shape.Default is null))
            return;
        if (SettingValue.WhatToWrite(type, text) is not { } expected)
            return;

        var name = SettingName.Of(section.Path);
        _sentences.Add(SettingMask.IsSecret(section.Path)
            ? $"{name} has a value that cannot be read. Write {expected}."
            : $"{name} cannot be \"{SettingMask.ShowMisfit(section.Path, text)}\". Write {expected}.");
    }

    // A section that nobody serves is another program's business, unless it looks like one of ours misspelt.
    private void VisitForeign(IConfigurationSection section)
    {
        foreach (var ours in _sections.Where(ours => SettingName.Distance(ours, section.Key) <= 2))
        {
            foreach (var path in Leaves(section).Where(path => path.Length > section.Key.Length))
            {
                var meant = ours + path[section.Key.Length..];
                var near = Nearest(meant);

                // "Consul__Address" is two edits from "Console" and "CI__Job" one from "Ai": those also need a key that we know.
                if (near is null && (ours.Length <= 3 || SettingName.Distance(ours, section.Key) == 2))
                    continue;
                ReportUnknown(path, near ?? meant);
            }
        }
    }

    private void ReportUnknown(string path, string? near) =>
        _sentences.Add(IsAmong(Planned, path)
            ? $"{SettingName.Of(path)} is not served yet by this version; unset it."
            : near is null
                ? $"{SettingName.Of(path)} is not a setting; unset it. docs/configuration.md lists the settings."
                : $"{SettingName.Of(path)} is not a setting. Did you mean {SettingName.Of(near)}?");

    // A Worker serves a part of Access too: the section alone does not tell.
    private bool IsServedElsewhere(string path) => IsAmong(GatewayOnly, path) && !_settable.Any(shape => IsAmong([shape.Path], path));

    private static bool IsAmong(string[] keys, string path) =>
        keys.Any(key => path.Equals(key, StringComparison.OrdinalIgnoreCase) || path.StartsWith(key + ':', StringComparison.OrdinalIgnoreCase));

    private string? Nearest(string path)
    {
        var name = WithoutIndex(path);
        var near = _settable.MinBy(shape => SettingName.Distance(shape.Path, name));
        if (near is null || SettingName.Distance(near.Path, name) > Math.Max(2, name.Length / 6))
        {
            // "Waha__HmacKey" for "Waha__WebhookHmacKey", "Ai__Model" for "Ai__Main__Model".
            near = _settable.FirstOrDefault(shape =>
                SettingName.First(shape.Path).Equals(SettingName.First(name), StringComparison.OrdinalIgnoreCase)
                && SettingName.Last(shape.Path).EndsWith(SettingName.Last(name), StringComparison.OrdinalIgnoreCase));
        }

        return near is null ? GatewayOnly.FirstOrDefault(key => SettingName.Distance(key, name) <= 2) : First(near);
    }

    private static string First(SettingShape shape) =>
        shape.Settable().FirstOrDefault() is { } first ? first.Path + (first.Entry is null ? "" : ":0") : shape.Path;

    private static string WithoutIndex(string path) =>
        int.TryParse(SettingName.Last(path), out _) ? path[..path.LastIndexOf(':')] : path;

    private static IEnumerable<string> Leaves(IConfigurationSection section)
    {
        var children = section.GetChildren().ToArray();
        return children.Length == 0
            ? section.Value is null ? [] : [section.Path]
            : children.SelectMany(Leaves);
    }
}
