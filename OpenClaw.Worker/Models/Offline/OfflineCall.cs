using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>A skill call to make.</summary>
/// <param name="Skill">The function's name.</param>
/// <param name="Arguments">Its arguments: strings, integers, booleans and string arrays.</param>
internal sealed record OfflineCall(string Skill, IReadOnlyDictionary<string, object?> Arguments)
{
    public const string Clock = "get_current_time";
    public const string ListFiles = "list_files";
    public const string SearchFiles = "search_files";
    public const string ReadFile = "read_file";
    public const string RunCommand = "run_command";
    public const string SetReminder = "set_reminder";
    public const string ListReminders = "list_reminders";
    public const string CancelReminder = "cancel_reminder";

    /// <summary>Tells one call from another, also after arguments went through storage and came back as JSON.</summary>
    public string Signature { get; } = SignatureOf(Skill, Arguments);

    /// <summary>A call with those of <paramref name="arguments"/> that have a value.</summary>
    public static OfflineCall To(string skill, params ReadOnlySpan<(string Name, object? Value)> arguments)
    {
        var given = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var (name, value) in arguments)
        {
            if (value is not null)
                given[name] = value;
        }

        return new(skill, given);
    }

    public static string SignatureOf(string skill, IEnumerable<KeyValuePair<string, object?>> arguments) =>
        string.Join('\u001f', arguments.OrderBy(argument => argument.Key, StringComparer.Ordinal).Select(argument => $"{argument.Key}={TextOf(argument.Value)}").Prepend(skill));

    public FunctionCallContent ToContent() =>
        new($"offline_{Guid.NewGuid():N}", Skill, Arguments.ToDictionary(StringComparer.Ordinal));

    private static string TextOf(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        IEnumerable<string> words => string.Join('\u001e', words),
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString()!,
        JsonElement { ValueKind: JsonValueKind.Array } element => string.Join('\u001e', element.EnumerateArray().Select(item => TextOf(item))),
        JsonElement element => element.GetRawText(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };
}
