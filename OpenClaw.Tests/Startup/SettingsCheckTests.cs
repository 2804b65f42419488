using Microsoft.Extensions.Configuration;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Tests.Startup;

public sealed class SettingsCheckTests
{
    [Theory]
    [InlineData("Waha__BaseURI", "Waha__BaseURI is not a setting. Did you mean Waha__BaseUrl?")]
    [InlineData("Waha__HmacKey", "Waha__HmacKey is not a setting. Did you mean Waha__WebhookHmacKey?")]
    [InlineData("Waha__UsesSimulator", "Waha__UsesSimulator is not a setting; unset it. docs/configuration.md lists the settings.")]
    [InlineData("Waha__Session__0", "Waha__Session__0 is not a setting. Did you mean Waha__Sessions__0?")]
    [InlineData("Waha__BaseUrl__0", "Waha__BaseUrl__0 is not a setting. Did you mean Waha__BaseUrl?")]
    [InlineData("Ai__Provider", "Ai__Provider is not a setting. Did you mean Ai__Main__Provider?")]
    [InlineData("ai__main__porvider", "ai__main__porvider is not a setting. Did you mean Ai__Main__Provider?")]
    [InlineData("Skills__Commands__Rules__0__Nome", "Skills__Commands__Rules__0__Nome is not a setting; unset it. docs/configuration.md lists the settings.")]
    [InlineData("HostOptions__ShutdownTimout", "HostOptions__ShutdownTimout is not a setting. Did you mean HostOptions__ShutdownTimeout?")]
    [InlineData("Storage__Directory", "Storage__Directory is not a setting; unset it. docs/configuration.md lists the settings.")]
    [InlineData("ConnectionStrings__opencalw", "ConnectionStrings__opencalw is not a setting. Did you mean ConnectionStrings__openclaw?")]
    [InlineData("ConnectionStrings__openclaw_keys", "ConnectionStrings__openclaw_keys is not a setting. Did you mean ConnectionStrings__openclaw-keys?")]
    public void An_unknown_key_is_named_with_what_was_probably_meant(string key, string sentence) =>
        Find((key, "planted-value")).ShouldBe([sentence]);

    [Theory]
    [InlineData("Acces__Mode", "Acces__Mode is not a setting. Did you mean Access__Mode?")]
    [InlineData("Acces__Nothing", "Acces__Nothing is not a setting. Did you mean Access__Nothing?")]
    [InlineData("Limtis__MessagesPerMinutePerChat", "Limtis__MessagesPerMinutePerChat is not a setting. Did you mean Limits__MessagesPerMinutePerChat?")]
    [InlineData("AI2__Main__Provider", "AI2__Main__Provider is not a setting. Did you mean Ai__Main__Provider?")]
    public void A_misspelt_section_is_found(string key, string sentence) =>
        Find((key, "planted-value")).ShouldBe([sentence]);

    [Theory]
    [InlineData("CI__Job")]
    [InlineData("Consul__Address")]
    [InlineData("CONSOLE")]
    [InlineData("Logging__LogLevel__Default")]
    [InlineData("Kestrel__Limits__MaxConcurrentConnections")]
    [InlineData("ConnectionStrings__somebody-elses")]
    public void Other_programs_settings_are_left_alone(string key) =>
        Find((key, "anything")).ShouldBeEmpty();

    [Theory]
    [InlineData("Ai__Fallbacks__0__Provider")]
    [InlineData("Ai__Small__Model")]
    [InlineData("Console__Password")]
    [InlineData("Console__AllowGeneratedPassword")]
    public void A_key_of_a_later_version_is_refused_by_name(string key) =>
        Find((key, "planted-value")).ShouldBe([$"{key} is not served yet by this version; unset it."]);

    [Theory]
    [InlineData("Limits__MessagesPerMinutePerChat", "many", "Limits__MessagesPerMinutePerChat cannot be \"many\". Write a whole number (at most 2147483647).")]
    [InlineData("Limits__MessagesPerMinutePerChat", "", "Limits__MessagesPerMinutePerChat cannot be \"\". Write a whole number (at most 2147483647).")]
    [InlineData("Limits__MessagesPerMinutePerChat", "99999999999", "Limits__MessagesPerMinutePerChat cannot be \"…99\". Write a whole number (at most 2147483647).")]
    [InlineData("Limits__Bytes", "1k", "Limits__Bytes cannot be \"1k\". Write a whole number.")]
    [InlineData("Limits__SecretSwitch", "planted", "Limits__SecretSwitch has a value that cannot be read. Write true or false.")]
    [InlineData("Waha__AllowUnsignedWebhooks", "yes", "Waha__AllowUnsignedWebhooks cannot be \"yes\". Write true or false.")]
    [InlineData("Turns__QuietPeriod", "5s", "Turns__QuietPeriod cannot be \"5s\". Write a duration as hh:mm:ss, for example 00:00:30.")]
    [InlineData("Turns__QuietPeriod", "30", "Turns__QuietPeriod cannot be \"30\". Write a duration as hh:mm:ss, for example 00:00:30.")]
    [InlineData("Access__Mode", "Closed", "Access__Mode cannot be \"Closed\". Write one of Open, Allowlist.")]
    [InlineData("Access__Mode", "7", "Access__Mode cannot be \"7\". Write one of Open, Allowlist.")]
    [InlineData("Access__Mode", "+55 11 98765-4321", "Access__Mode cannot be \"…21\". Write one of Open, Allowlist.")]
    [InlineData("Ai__Main__Temperature", "warm", "Ai__Main__Temperature cannot be \"warm\". Write a number, for example 0.5.")]
    [InlineData("Waha__Sessions", "default", "Waha__Sessions is a list. Write Waha__Sessions__0 instead.")]
    [InlineData("Ai__Main", "OpenAI", "Ai__Main is a group of settings and takes no value. Did you mean Ai__Main__Provider?")]
    public void A_value_that_does_not_fit_is_explained(string key, string value, string sentence) =>
        Find((key, value)).ShouldBe([sentence]);

    [Theory]
    [InlineData("waha__baseurl", "http://waha:3000")]
    [InlineData("Waha__Sessions__3", "support")]
    [InlineData("Ai__Main__ApiKey", "")]
    [InlineData("Ai__Main__Temperature", "0.2")]
    [InlineData("Ai__Main__Temperature", "")]
    [InlineData("Ai__Main__Endpoint", "http://127.0.0.1:1/v1")]
    [InlineData("Turns__QuietPeriod", "0")]
    [InlineData("Turns__QuietPeriod", "00:00:02")]
    [InlineData("Access__Mode", "open")]
    [InlineData("Access__Allowed__0", "+5511987654321")]
    [InlineData("Waha__AllowUnsignedWebhooks", "TRUE")]
    [InlineData("Skills__Commands__Allowed__0", "uptime")]
    [InlineData("Skills__Commands__Timeouts__uptime", "3")]
    [InlineData("Skills__Commands__Rules__0__Name", "x")]
    [InlineData("ConnectionStrings__openclaw", "Data Source=x.db")]
    [InlineData("HostOptions__ShutdownTimeout", "00:00:05")]
    public void What_fits_passes(string key, string value) => Find((key, value)).ShouldBeEmpty();

    [Fact]
    public void Every_fault_is_reported_at_once_and_no_value_of_an_unknown_key_is_shown()
    {
        var sentences = Find(("Waha__Apikey2", "planted-secret"), ("Limits__Bytes", "x"), ("Console__Password", "planted-secret"));

        sentences.Count.ShouldBe(3);
        sentences.ShouldAllBe(sentence => !sentence.Contains("planted", StringComparison.Ordinal));
    }

    [Fact]
    public void A_later_version_that_serves_a_planned_key_accepts_it()
    {
        var later = new ServedOptions("Console", typeof(LaterConsole));

        SettingsCheck.Find(Configuration(("Console__Password", "planted-secret")), [later]).ShouldBeEmpty();
    }

    private static IReadOnlyList<string> Find(params (string Key, string Value)[] settings) =>
        SettingsCheck.Find(Configuration(settings), SampleOptions.Served);

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(static s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), (string?)s.Value)))
            .Build();

    private sealed class LaterConsole
    {
        public string? Password { get; set; }
    }
}
