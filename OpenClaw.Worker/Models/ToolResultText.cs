using System.Text.Json;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models;

/// <summary>A skill's result as the text a model reads: a result that went through storage comes back as a JSON element.</summary>
internal static class ToolResultText
{
    public static string Of(FunctionResultContent content) => content.Result switch
    {
        null => "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString() ?? "",
        JsonElement { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => "",
        JsonElement element => element.GetRawText(),
        TextContent text => text.Text,
        var other => JsonSerializer.Serialize(other, AIJsonUtilities.DefaultOptions.GetTypeInfo(other.GetType())),
    };
}
