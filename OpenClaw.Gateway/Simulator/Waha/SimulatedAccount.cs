using System.Text.Json;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>The bot's own WhatsApp account and the session that it lives in.</summary>
/// <param name="Session">WAHA's session name.</param>
internal sealed record SimulatedAccount(string Session)
{
    private const string Version = "2026.2.1";

    /// <summary>What WAHA sends as <c>User-Agent</c>.</summary>
    public static string UserAgent => "WAHA/" + Version;

    /// <summary>The bot's name in its chats.</summary>
    public static string PushName => "OpenClaw";

    /// <summary>The bot's own id.</summary>
    public static string Id => "5511900000000@c.us";

    /// <summary><c>{"id":"...","pushName":"...","lid":"..."}</c></summary>
    public static void WriteMe(Utf8JsonWriter json)
    {
        json.WriteStartObject("me");
        json.WriteString("id", Id);
        json.WriteString("pushName", PushName);
        json.WriteString("lid", "99900011112222@lid");
        json.WriteEndObject();
    }

    /// <summary>The members of <c>environment</c>, the answer of <c>GET /api/server/version</c>.</summary>
    public static void WriteEnvironment(Utf8JsonWriter json)
    {
        json.WriteString("version", Version);
        json.WriteString("engine", "NOWEB");
        json.WriteString("tier", "CORE");
        json.WriteNull("browser");
        json.WriteString("platform", "linux/x64");
        json.WriteStartObject("worker");
        json.WriteNull("id");
        json.WriteEndObject();
    }

    /// <summary>The session as <c>GET /api/sessions/{name}</c> tells it.</summary>
    public void WriteSession(Utf8JsonWriter json, string status)
    {
        json.WriteStartObject();
        json.WriteString("name", Session);
        json.WriteString("status", status);
        json.WriteNull("config");
        WriteMe(json);
        json.WriteNull("presence");
        json.WriteStartObject("timestamps");
        json.WriteNull("activity");
        json.WriteEndObject();
        json.WriteStartObject("engine");
        json.WriteString("engine", "NOWEB");
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
