using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace OpenClaw.Worker.Skills;

/// <summary>Span and measurements of skill calls. Never arguments or output; names only from the catalog.</summary>
internal sealed class SkillTelemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string SourceName = "OpenClaw.Skills";

    private static readonly ActivitySource Source = new(SourceName);

    private readonly Counter<long> _calls;
    private readonly Histogram<double> _duration;

    public SkillTelemetry(IMeterFactory meters)
    {
        var meter = meters.Create(SourceName);
        _calls = meter.CreateCounter<long>("openclaw.skill.calls", "{call}", "Skill calls by name and status.");
        _duration = meter.CreateHistogram(
            "openclaw.skill.duration", "s", "How long skill calls take.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30] });
    }

    /// <summary>A span by the semantic conventions for generative AI; null when nobody listens.</summary>
    public static Activity? Start(string skill)
    {
        if (!Source.HasListeners())
            return null;

        var activity = Source.StartActivity($"execute_tool {skill}");
        activity?.SetTag("gen_ai.operation.name", "execute_tool");
        activity?.SetTag("gen_ai.tool.name", skill);
        return activity;
    }

    /// <summary>Ends the call's span data and counts it. <paramref name="detail"/> is the audit's typed reason.</summary>
    public void Finished(Activity? activity, string skill, SkillStatus status, string detail, TimeSpan duration)
    {
        var label = Label(status);
        activity?.SetTag("openclaw.skill.status", label);
        if (status != SkillStatus.Succeeded)
        {
            activity?.SetTag("error.type", detail);
            activity?.SetStatus(ActivityStatusCode.Error);
        }

        var tags = new TagList { { "skill", skill }, { "status", label } };
        _calls.Add(1, tags);
        _duration.Record(duration.TotalSeconds, tags);
    }

    /// <summary>The model named a skill that does not exist; its word is not recorded.</summary>
    public void Unknown() => _calls.Add(1, new TagList { { "skill", "unknown" }, { "status", Label(SkillStatus.Refused) } });

    private static string Label(SkillStatus status) => status switch
    {
        SkillStatus.Succeeded => "succeeded",
        SkillStatus.Refused => "refused",
        SkillStatus.TimedOut => "timed_out",
        _ => "failed",
    };
}
