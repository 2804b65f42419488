using OpenClaw.Core.Configuration;

namespace OpenClaw.Tests.Startup;

public sealed class SettingMaskTests
{
    [Theory]
    [InlineData("Ai:Main:ApiKey", true)]
    [InlineData("Waha:WebhookHmacKey", true)]
    [InlineData("Console:Password", true)]
    [InlineData("Some:AccessToken", true)]
    [InlineData("Ai:Main:TokenTimeout", false)]
    [InlineData("Ai:Main:MaxOutputTokens", false)]
    public void A_secret_is_known_by_its_name_and_a_count_of_tokens_is_none(string path, bool secret) => SettingMask.IsSecret(path).ShouldBe(secret);

    [Theory]
    [InlineData("Host=db;Username=me;Password=hunter2;Database=x", "Host=db;Username=me;Password=(set, hidden);Database=x")]
    [InlineData("Server=db;PWD = hunter2", "Server=db;PWD=(set, hidden)")]
    [InlineData("host=db;psw=hunter2;port=1", "host=db;psw=(set, hidden);port=1")]
    [InlineData("Host=db;SSL Password=hunter2;Database=x", "Host=db;SSL Password=(set, hidden);Database=x")]
    [InlineData("Host=db;Password=\"hun;ter2\";Database=x", "Host=db;Password=(set, hidden);Database=x")]
    [InlineData("Host=db;Password=\"hun\"\"ter2;\";Database=x", "Host=db;Password=(set, hidden);Database=x")]
    [InlineData("Host=db;Password='hun''ter2;';Database=x", "Host=db;Password=(set, hidden);Database=x")]
    [InlineData("Host=db;Password=\"hun;ter2;Database=x", "Host=db;Password=(set, hidden)")]
    [InlineData("postgres://me:hunter2@db:5432/x", "postgres://db:5432/x")]
    [InlineData("postgres://me:hun@ter2@db/x", "postgres://db/x")]
    public void A_connection_string_is_shown_without_its_password(string text, string shown) =>
        SettingMask.Show("ConnectionStrings:openclaw", text).ShouldBe(shown);
}
