using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Skills;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Tests.Skills;

/// <summary>An executor over some skills, with what it audits, logs and measures; and a person with a folder.</summary>
internal sealed class SkillBench : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Lazy<SkillExecutor> _executor;

    public SkillBench(TimeProvider? time, params Func<SkillBench, ISkill>[] skills)
    {
        Time = time ?? TimeProvider.System;
        Integrations = IntegrationsOf.Process(Time);
        Files = new PersonFiles(Path.Combine(Folder, "files"));
        _executor = new(() => new SkillExecutor(
            new SkillCatalog(skills.Select(skill => skill(this))), Audit,
            new SkillTelemetry(_services.GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>()), Integrations, Time, Log));
    }

    public SkillBench(params ISkill[] skills)
        : this(null, [.. skills.Select(Func<SkillBench, ISkill> (skill) => _ => skill)])
    {
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("openclaw-skills-").FullName;

    public TimeProvider Time { get; }

    public IntegrationRegistry Integrations { get; }

    public IPersonFiles Files { get; }

    public RecordingAudit Audit { get; } = new();

    public ListLogger Log { get; } = new();

    public SkillContext Context { get; } = ContextOf(12);

    public string Root => Files.RootFor(Context.Person);

    public static SkillContext ContextOf(long person, string zone = "America/Sao_Paulo") => new(
        new PersonScope(new PersonId(person), new DataKeyId(1)), new ChatScope(new LaneId(1), "default", new DataKeyId(1), false),
        "pt-BR", TimeZoneInfo.FindSystemTimeZoneById(zone));

    public Task<SkillResult> RunAsync(string skill, params (string Name, object? Value)[] arguments) => RunAsync(skill, default, arguments);

    public Task<SkillResult> RunAsync(string skill, CancellationToken cancellationToken, params (string Name, object? Value)[] arguments) =>
        _executor.Value.ExecuteAsync(
            Context, skill, arguments.ToDictionary(argument => argument.Name, argument => argument.Value, StringComparer.Ordinal), cancellationToken);

    /// <summary>Writes a file below the person's root.</summary>
    public string Write(string path, string text) => Write(path, System.Text.Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a file below the person's root.</summary>
    public string Write(string path, byte[] bytes)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllBytes(full, bytes);
        return full;
    }

    public void Dispose()
    {
        _services.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

internal sealed class TestSkill(Delegate method, string name = "probe") : ISkill
{
    public AIFunction Function { get; } = SkillFunction.Create(method, name, "A probe.");

    public SkillEffect Effect { get; init; } = SkillEffect.Read;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public bool LeavesProcess { get; init; }

    public int OutputLimit { get; init; } = 1_000;
}

internal sealed class RecordingAudit : ISkillAudit
{
    public List<string> Events { get; } = [];

    public string? ArgumentsJson { get; private set; }

    public Exception? StartFails { get; set; }

    public Exception? FinishFails { get; set; }

    public Task<long> StartedAsync(SkillContext context, string skill, SkillEffect effect, string argumentsJson, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (StartFails is not null)
            throw StartFails;
        ArgumentsJson = argumentsJson;
        Add($"started {skill} {effect}");
        return Task.FromResult(7L);
    }

    public Task FinishedAsync(long auditId, SkillStatus status, string detail, TimeSpan duration, CancellationToken cancellationToken)
    {
        if (FinishFails is not null)
            throw FinishFails;
        Add($"finished {auditId} {status} {detail}");
        return Task.CompletedTask;
    }

    public void Add(string what)
    {
        lock (Events)
            Events.Add(what);
    }
}

internal sealed class ListLogger : ILogger<SkillExecutor>
{
    public List<(string Text, Exception? Exception)> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (Entries)
            Entries.Add((formatter(state, exception), exception));
    }
}
