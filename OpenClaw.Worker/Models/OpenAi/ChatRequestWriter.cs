using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models.OpenAi;

/// <summary>Writes the body of <c>POST /chat/completions</c>. Text only: pictures and sound become text before they get here.</summary>
internal static class ChatRequestWriter
{
    public static BinaryData Write(IEnumerable<ChatMessage> messages, ChatOptions? options, OpenAiDialect dialect)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("model", options?.ModelId ?? dialect.Model);
            WriteMessages(writer, messages, options?.Instructions);
            WriteTools(writer, options);
            WriteSampling(writer, options, dialect);
            writer.WriteBoolean("stream", true);
            writer.WriteStartObject("stream_options");
            writer.WriteBoolean("include_usage", true);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return new BinaryData(buffer.WrittenMemory);
    }

    private static void WriteMessages(Utf8JsonWriter writer, IEnumerable<ChatMessage> messages, string? instructions)
    {
        writer.WriteStartArray("messages");
        if (!string.IsNullOrEmpty(instructions))
            WriteText(writer, "system", instructions);

        foreach (var message in messages)
        {
            if (message.Role == ChatRole.Tool)
                WriteToolResults(writer, message);
            else if (message.Role == ChatRole.Assistant)
                WriteAssistant(writer, message);
            else
                WriteText(writer, message.Role == ChatRole.System ? "system" : "user", message.Text);
        }

        writer.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter writer, string role, string text)
    {
        writer.WriteStartObject();
        writer.WriteString("role", role);
        writer.WriteString("content", text);
        writer.WriteEndObject();
    }

    private static void WriteAssistant(Utf8JsonWriter writer, ChatMessage message)
    {
        var calls = message.Contents.OfType<FunctionCallContent>().ToList();
        if (calls.Count == 0)
        {
            WriteText(writer, "assistant", message.Text);
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("role", "assistant");
        var text = message.Text;
        writer.WriteString("content", text.Length == 0 ? null : text);
        writer.WriteStartArray("tool_calls");
        foreach (var call in calls)
        {
            writer.WriteStartObject();
            writer.WriteString("id", call.CallId);
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", call.Name);
            writer.WriteString("arguments", ToJson(call.Arguments));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string ToJson(IDictionary<string, object?>? arguments) => arguments is not { Count: > 0 }
        ? "{}"
        : JsonSerializer.Serialize(arguments, AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(IDictionary<string, object?>)));

    private static void WriteToolResults(Utf8JsonWriter writer, ChatMessage message)
    {
        foreach (var result in message.Contents.OfType<FunctionResultContent>())
        {
            writer.WriteStartObject();
            writer.WriteString("role", "tool");
            writer.WriteString("tool_call_id", result.CallId);
            writer.WriteString("content", ToolResultText.Of(result));
            writer.WriteEndObject();
        }
    }

    private static void WriteTools(Utf8JsonWriter writer, ChatOptions? options)
    {
        var tools = options?.Tools?.OfType<AIFunctionDeclaration>().ToList();
        if (tools is not { Count: > 0 })
            return;

        writer.WriteStartArray("tools");
        foreach (var tool in tools)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", tool.Name);
            writer.WriteString("description", tool.Description);
            writer.WritePropertyName("parameters");
            tool.JsonSchema.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteToolChoice(writer, options!.ToolMode);
        if (options.AllowMultipleToolCalls is { } several)
            writer.WriteBoolean("parallel_tool_calls", several);
    }

    private static void WriteToolChoice(Utf8JsonWriter writer, ChatToolMode? mode)
    {
        switch (mode)
        {
            case NoneChatToolMode:
                writer.WriteString("tool_choice", "none");
                break;
            case RequiredChatToolMode { RequiredFunctionName: { } name }:
                writer.WriteStartObject("tool_choice");
                writer.WriteString("type", "function");
                writer.WriteStartObject("function");
                writer.WriteString("name", name);
                writer.WriteEndObject();
                writer.WriteEndObject();
                break;
            case RequiredChatToolMode:
                writer.WriteString("tool_choice", "required");
                break;
        }
    }

    private static void WriteSampling(Utf8JsonWriter writer, ChatOptions? options, OpenAiDialect dialect)
    {
        if ((options?.MaxOutputTokens ?? dialect.MaxOutputTokens) is { } most)
            writer.WriteNumber(dialect.MaxTokensKey, most);
        if (options?.Temperature is { } temperature)
            writer.WriteNumber("temperature", temperature);
        if (options?.TopP is { } topP)
            writer.WriteNumber("top_p", topP);
        if (options?.StopSequences is { Count: > 0 } stops)
        {
            writer.WriteStartArray("stop");
            foreach (var stop in stops)
                writer.WriteStringValue(stop);
            writer.WriteEndArray();
        }
    }
}

/// <summary>What differs between OpenAI and the servers that speak its protocol.</summary>
/// <param name="Model">The model to ask for when a call names none.</param>
/// <param name="MaxOutputTokens">The bound to send when a call has none; null for none.</param>
/// <param name="MaxTokensKey">OpenAI's newer models refuse <c>max_tokens</c>; most other servers know nothing else.</param>
internal sealed record OpenAiDialect(string Model, int? MaxOutputTokens, string MaxTokensKey)
{
    public static OpenAiDialect Of(AiModelOptions options) => new(
        options.ModelName,
        options.MaxOutputTokens,
        options.EndpointAddress.Host == "api.openai.com" ? "max_completion_tokens" : "max_tokens");
}
