namespace OpenClaw.Worker.Models;

/// <summary>The model that answers. Section <c>Ai:Main</c>.</summary>
internal sealed class AiModelOptions
{
    public const string Section = "Ai:Main";

    /// <summary><c>Offline</c> (rules, no model) or <c>OpenAI</c> (OpenAI and every compatible server); case does not matter.</summary>
    public string Provider { get; set; } = "Offline";

    /// <summary>Base address up to and with the version, for example <c>http://localhost:11434/v1</c>. Empty = OpenAI itself.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Sent as bearer token. Required for OpenAI itself; local servers want none.</summary>
    public string? ApiKey { get; set; }

    /// <summary>The model's name at the endpoint. Empty = <c>gpt-4o-mini</c>.</summary>
    public string? Model { get; set; }

    /// <summary>The longest wait for the first part of an answer.</summary>
    public TimeSpan FirstTokenTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The longest silence inside an answer.</summary>
    public TimeSpan TokenTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest a whole answer may take.</summary>
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromSeconds(180);

    /// <summary>Upper bound of an answer in tokens. Empty = the server's own.</summary>
    public int? MaxOutputTokens { get; set; }

    /// <summary>Whether the offline brain answers.</summary>
    internal bool IsOffline => string.Equals(Provider, "Offline", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether an address of the operator's own is used instead of OpenAI's.</summary>
    internal bool HasOwnEndpoint => !string.IsNullOrWhiteSpace(Endpoint);

    internal Uri EndpointAddress => new(HasOwnEndpoint ? Endpoint!.Trim() : "https://api.openai.com/v1");

    internal string ModelName => string.IsNullOrWhiteSpace(Model) ? "gpt-4o-mini" : Model.Trim();
}
