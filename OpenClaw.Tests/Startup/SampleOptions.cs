using System.Collections.ObjectModel;
using Microsoft.Extensions.Hosting;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Tests.Startup;

/// <summary>Options classes of every form that the product has, so that these tests do not change with the product's keys.</summary>
internal static class SampleOptions
{
    public static readonly ServedOptions[] Served =
    [
        new("Waha", typeof(WahaOptions)),
        new("Ai:Main", typeof(Model)),
        new("Access", typeof(Access)),
        new("Limits", typeof(Limits)),
        new("Turns", typeof(Turns)),
        new("Skills", typeof(Skills)),
        new("HostOptions", typeof(HostOptions)),
    ];

    public enum Mode
    {
        Open,
        Allowlist,
    }

    public sealed class Model
    {
        public string Provider { get; set; } = "Offline";

        public Uri? Endpoint { get; set; }

        public string? ApiKey { get; set; }

        public string? Name { get; init; }

        public double? Temperature { get; set; }
    }

    public sealed class Access
    {
        public Mode Mode { get; set; } = Mode.Allowlist;

        public string? Owner { get; set; }

        public Collection<string> Allowed { get; } = [];
    }

    public sealed class Limits
    {
        public int MessagesPerMinutePerChat { get; set; } = 20;

        public long Bytes { get; set; }

        public bool SecretSwitch { get; set; }

        public int Derived => MessagesPerMinutePerChat * 2;
    }

    public sealed class Turns
    {
        public TimeSpan QuietPeriod { get; set; } = TimeSpan.FromMilliseconds(800);
    }

    public sealed class Skills
    {
        public Commands Commands { get; } = new();
    }

    public sealed class Commands
    {
        public string[] Allowed { get; set; } = [];

        public Dictionary<string, int> Timeouts { get; } = new(StringComparer.Ordinal);

        public IList<Rule> Rules { get; } = [];
    }

    public sealed class Rule
    {
        public string Name { get; set; } = "";
    }
}
