using System.Collections;
using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Skills;

/// <summary>
/// Makes the function that the model sees out of a skill's method. Parameters carry a <see cref="DescriptionAttribute"/>; one of type
/// <see cref="SkillContext"/> comes from the call and stays out of the schema. Bindable: text, whole numbers, yes/no, lists of text.
/// The method returns text or a <see cref="SkillOutput"/>.
/// </summary>
internal static partial class SkillFunction
{
    private static readonly JsonSerializerOptions SchemaOptions = new(SkillParameterJson.Default.Options);

    /// <summary>Creates the function; <paramref name="name"/> and <paramref name="description"/> are read by the model.</summary>
    public static AIFunction Create(Delegate method, string name, string description) =>
        AIFunctionFactory.Create(method, new AIFunctionFactoryOptions
        {
            Name = name,
            Description = description,
            SerializerOptions = SchemaOptions,
            ExcludeResultSchema = true,
            ConfigureParameterBinding = Bind,
            MarshalResult = static (result, _, _) => new ValueTask<object?>(result),
        });

    /// <summary>The arguments of one call, with the context where <see cref="Create"/>'s functions look for it.</summary>
    public static AIFunctionArguments ArgumentsOf(SkillContext context, IDictionary<string, object?>? arguments)
    {
        var bound = arguments is null ? [] : new AIFunctionArguments(arguments);
        bound.Context = new Dictionary<object, object?> { [typeof(SkillContext)] = context };
        return bound;
    }

    private static AIFunctionFactoryOptions.ParameterBindingOptions Bind(ParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(CancellationToken))
            return default;

        if (parameter.ParameterType == typeof(SkillContext))
        {
            return new()
            {
                ExcludeFromSchema = true,
                BindParameter = static (_, arguments) => arguments.Context?[typeof(SkillContext)],
            };
        }

        return new() { BindParameter = static (parameter, arguments) => ValueOf(parameter, arguments) };
    }

    private static object? ValueOf(ParameterInfo parameter, AIFunctionArguments arguments)
    {
        var name = parameter.Name!;
        arguments.TryGetValue(name, out var given);
        var value = given switch
        {
            JsonNode node => node.Deserialize(SkillParameterJson.Default.JsonElement),
            _ => given,
        };

        if (value is null or JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined })
        {
            return parameter.HasDefaultValue
                ? parameter.DefaultValue
                : throw SkillException.Refused($"The parameter '{name}' is missing.", "missing_argument");
        }

        var type = Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
        if (type == typeof(string))
            return TextOf(value) ?? throw Bad(name, "text");
        if (type == typeof(int))
            return NumberOf(value) ?? throw Bad(name, "a whole number");
        if (type == typeof(bool))
            return TruthOf(value) ?? throw Bad(name, "true or false");
        if (type == typeof(string[]))
            return ListOf(value) ?? throw Bad(name, "a list of texts");

        throw new NotSupportedException($"A skill's parameter cannot be of type {type.Name}.");
    }

    private static string? TextOf(object value)
    {
        var text = value switch
        {
            string plain => plain,
            // GetString throws for an escaped lone surrogate; the raw text is shorter to look at than to catch.
            JsonElement { ValueKind: JsonValueKind.String } element => Unescaped(element),
            JsonElement { ValueKind: JsonValueKind.Number } element => element.GetRawText(),
            _ => null,
        };
        return text is not null && SkillText.IsWellFormed(text) ? text : null;
    }

    private static string? Unescaped(JsonElement element)
    {
        try
        {
            return element.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    // Models write 5, "5" and 5.0 for the same thing.
    private static int? NumberOf(object value) => value switch
    {
        int number => number,
        long number and >= int.MinValue and <= int.MaxValue => (int)number,
        double number when double.IsInteger(number) && number is >= int.MinValue and <= int.MaxValue => (int)number,
        JsonElement { ValueKind: JsonValueKind.Number } element => NumberOf(element.GetDouble()),
        _ => int.TryParse(TextOf(value), System.Globalization.CultureInfo.InvariantCulture, out var parsed) ? parsed : null,
    };

    private static bool? TruthOf(object value) => value switch
    {
        bool truth => truth,
        JsonElement { ValueKind: JsonValueKind.True } => true,
        JsonElement { ValueKind: JsonValueKind.False } => false,
        _ => bool.TryParse(TextOf(value), out var parsed) ? parsed : null,
    };

    private static string[]? ListOf(object value)
    {
        IEnumerable<object?>? items = value switch
        {
            JsonElement { ValueKind: JsonValueKind.Array } element => element.EnumerateArray().Select(item => (object?)item),
            string or JsonElement => null,
            IEnumerable list => list.Cast<object?>(),
            _ => null,
        };
        if (items is null)
            return null;

        var texts = items.Select(item => item is null ? null : TextOf(item)).ToArray();
        return Array.TrueForAll(texts, text => text is not null) ? [.. texts.OfType<string>()] : null;
    }

    private static SkillException Bad(string name, string wanted) =>
        SkillException.Refused($"The parameter '{name}' must be {wanted}.", "bad_argument");

    // Only the schema is made with it: no reflection over serialisable types at start.
    [JsonSerializable(typeof(string))]
    [JsonSerializable(typeof(int))]
    [JsonSerializable(typeof(int?))]
    [JsonSerializable(typeof(bool))]
    [JsonSerializable(typeof(bool?))]
    [JsonSerializable(typeof(string[]))]
    [JsonSerializable(typeof(JsonElement))]
    private sealed partial class SkillParameterJson : JsonSerializerContext;
}
