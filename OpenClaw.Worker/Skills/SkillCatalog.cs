using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Skills;

/// <summary>Every skill by its function's name.</summary>
internal sealed class SkillCatalog
{
    private readonly FrozenDictionary<string, CatalogEntry> _entries;

    public SkillCatalog(IEnumerable<ISkill> skills)
    {
        var entries = new Dictionary<string, CatalogEntry>(StringComparer.Ordinal);
        foreach (var skill in skills)
        {
            if (!entries.TryAdd(skill.Function.Name, new CatalogEntry(skill, new SkillArguments(skill.Function))))
                throw new InvalidOperationException($"Two skills are called '{skill.Function.Name}'.");
        }

        _entries = entries.ToFrozenDictionary(StringComparer.Ordinal);
        Names = [.. entries.Keys.Order(StringComparer.Ordinal)];
        Tools = [.. Names.Select(AITool (name) => entries[name].Skill.Function)];
    }

    /// <summary>Names in alphabetical order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>What the model is offered, in the order of <see cref="Names"/> so that prompts stay cacheable.</summary>
    public IReadOnlyList<AITool> Tools { get; }

    /// <summary>Finds a skill; names are matched exactly.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out CatalogEntry? entry) => _entries.TryGetValue(name, out entry);
}

/// <summary>A skill and what its schema says about arguments.</summary>
internal sealed record CatalogEntry(ISkill Skill, SkillArguments Arguments);
