namespace OpenClaw.Tests.Infrastructure;

/// <summary>Settings of real processes, in environment form.</summary>
internal static class ProcessSettings
{
    public const string HmacKey = "process-hmac-key";

    public const string AnyPort = "http://127.0.0.1:0";

    private static readonly string MasterKey = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray());

    /// <summary>Answers everybody at once: no quiet period, no pacing, no limits.</summary>
    public static (string Key, string Value)[] Answering(FakeWaha waha, ScriptedModel model) =>
    [
        ("ASPNETCORE_URLS", AnyPort), ("Waha__BaseUrl", waha.Url.ToString()), ("Waha__ApiKey", waha.ApiKey), ("Waha__WebhookHmacKey", HmacKey),
        ("Ai__Main__Provider", "OpenAI"), ("Ai__Main__Endpoint", model.Endpoint), ("Ai__Main__ApiKey", "x"), ("Access__Mode", "Open"),
        ("Turns__QuietPeriod", "00:00:00"), ("Delivery__HumanPacing", "false"), ("Backfill__Enabled", "false"),
        ("Limits__MessagesPerMinutePerChat", "0"), ("Limits__MessagesPerMinutePerPerson", "0"),
    ];

    /// <summary>What the processes of a split system are given besides.</summary>
    public static (string Key, string Value)[] Split(string redis) => [("ConnectionStrings__redis", redis), ("Security__MasterKey", MasterKey)];
}
