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
}
