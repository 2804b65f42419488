using System.Globalization;
using System.Reflection;

namespace OpenClaw.Core.Configuration;

/// <summary>
/// What may be set below one path: one value, a list or dictionary, or named children. Built from the options classes by the rules
/// that the configuration binder follows, so what passes here is bound and what does not would have been ignored in silence.
/// </summary>
internal sealed class SettingShape
{
    // Options classes are flat; this only stops one that refers to itself.
    private const int DeepestNesting = 8;

    private SettingShape(string path) => Path = path;

    /// <summary>Colon form, in the case the classes have. Below a list it ends with the list's own path.</summary>
    public string Path { get; }

    /// <summary>The type of the one value, or null for a list or a group.</summary>
    public Type? Value { get; private set; }

    /// <summary>What the code uses when nothing is configured; null when unknown.</summary>
    public object? Default { get; private set; }

    /// <summary>The shape of each entry of a list or dictionary, or null.</summary>
    public SettingShape? Entry { get; private set; }

    /// <summary>The named children of a group.</summary>
    public Dictionary<string, SettingShape> Children { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>One tree over every served options class.</summary>
    public static SettingShape Of(IEnumerable<ServedOptions> served)
    {
        var root = new SettingShape("");
        foreach (var (section, type) in served)
        {
            var node = root;
            foreach (var name in section.Split(':'))
                node = node.Child(name);
            node.AddProperties(type, Activator.CreateInstance(type), 0);
        }

        return root;
    }

    /// <summary>Every settable path below: values, and lists by their own path.</summary>
    public IEnumerable<SettingShape> Settable() =>
        Value is not null || Entry is not null ? [this] : Children.Values.SelectMany(static child => child.Settable());

    private SettingShape Child(string name)
    {
        if (!Children.TryGetValue(name, out var child))
            Children[name] = child = new(SettingName.Join(Path, name));
        return child;
    }

    private void AddProperties(Type type, object? instance, int depth)
    {
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var isSettable = property.SetMethod is { IsPublic: true };
            var isFilled = property.GetMethod is { IsPublic: true } && (EntryType(property.PropertyType) is not null || IsGroup(property.PropertyType));
            if (property.GetIndexParameters().Length == 0 && (isSettable || isFilled))
                Child(property.Name).Become(property.PropertyType, instance is null ? null : property.GetValue(instance), depth + 1);
        }
    }

    private void Become(Type type, object? value, int depth)
    {
        Default = value;
        if (EntryType(type) is { } entry)
        {
            Entry = new(Path);
            Entry.Become(entry, value: null, depth + 1);
        }
        else if (IsGroup(type) && depth < DeepestNesting)
        {
            AddProperties(type, value, depth);
        }
        else
        {
            Value = Nullable.GetUnderlyingType(type) ?? type;
        }
    }

    private static Type? EntryType(Type type)
    {
        if (type == typeof(string))
            return null;
        if (type.IsArray)
            return type.GetElementType();
        var implemented = type.GetInterfaces().Append(type).Where(static t => t.IsGenericType).ToArray();
        return implemented.FirstOrDefault(static t => t.GetGenericTypeDefinition() == typeof(IDictionary<,>))?.GenericTypeArguments[1]
            ?? implemented.FirstOrDefault(static t => t.GetGenericTypeDefinition() == typeof(IEnumerable<>))?.GenericTypeArguments[0];
    }

    private static bool IsGroup(Type type) =>
        type.IsClass && type != typeof(string) && type != typeof(object) && type != typeof(Uri) && type != typeof(Version)
        && !typeof(CultureInfo).IsAssignableFrom(type) && !typeof(Delegate).IsAssignableFrom(type);
}
