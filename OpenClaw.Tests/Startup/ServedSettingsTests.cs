using Microsoft.Extensions.Configuration;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Tests.Startup;

public sealed class ServedSettingsTests
{
    [Fact]
    public void Only_what_differs_from_the_defaults_is_listed_with_where_it_comes_from()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        var prefix = $"T{Guid.NewGuid():N}_";
        Environment.SetEnvironmentVariable(prefix + "Access__Mode", "Open");
        try
        {
            File.WriteAllText(file, """{ "Limits": { "MessagesPerMinutePerChat": 20, "Bytes": 7 }, "Access": { "Mode": "Allowlist" }, "Waha": { "Sessions": ["a"] } }""");
            var configuration = new ConfigurationBuilder()
                .AddInMemoryCollection([new("Turns:QuietPeriod", "00:00:00.8"), new("Ai:Main:Provider", "OpenAI")])
                .AddConfiguration(new ConfigurationBuilder().AddJsonFile(file).Build())
                .AddEnvironmentVariables(prefix)
                .AddCommandLine(["--Waha:BaseUrl=http://user:planted@waha:3000/?x-api-key=planted", "--Unknown:Key=1"])
                .Build();

            ServedSettings.DifferingFromDefaults(configuration, SampleOptions.Served).ShouldBe(
            [
                new("Access__Mode", "Open", "environment variable"),
                new("Ai__Main__Provider", "OpenAI", "code"),
                new("Limits__Bytes", "7", Path.GetFileName(file)),
                new("Waha__BaseUrl", "http://waha:3000/", "command line"),
                new("Waha__Sessions__0", "a", Path.GetFileName(file)),
            ]);
        }
        finally
        {
            Environment.SetEnvironmentVariable(prefix + "Access__Mode", null);
            File.Delete(file);
        }
    }

    [Fact]
    public void Secrets_and_phone_numbers_are_masked()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Waha:ApiKey", "planted"),
            new("Waha:WebhookHmacKey", "planted"),
            new("Access:Owner", "+55 (11) 98765-4321"),
            new("Access:Allowed:0", "5511987654399"),
            new("ConnectionStrings:openclaw", "Host=db;Password=planted;Username=u"),
            new("ConnectionStrings:openclaw-keys", "Data Source=keys.db"),
            new("ConnectionStrings:other", "planted"),
        ]).Build();

        ServedSettings.DifferingFromDefaults(configuration, SampleOptions.Served).ToDictionary(s => s.Name, s => s.Value, StringComparer.Ordinal).ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["Access__Allowed__0"] = "…99",
                ["Access__Owner"] = "…21",
                ["ConnectionStrings__openclaw"] = "Host=db;Password=(set, hidden);Username=u",
                ["ConnectionStrings__openclaw-keys"] = "Data Source=keys.db",
                ["Waha__ApiKey"] = "(set, hidden)",
                ["Waha__WebhookHmacKey"] = "(set, hidden)",
            },
            ignoreOrder: true);
    }
}
