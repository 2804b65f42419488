using System.Net;
using System.Text;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Webhooks;

/// <summary>Webhooks without a signature: only where somebody asked for it by name.</summary>
public sealed class UnsignedWebhookTests
{
    [Theory]
    [InlineData(null)]
    [InlineData(OpenClawApp.HmacKey)]
    public async Task Unsigned_webhooks_are_taken_only_when_allowed_by_name(string? key)
    {
        await using var app = await OpenClawApp.StartAsync(("Waha__AllowUnsignedWebhooks", "true"), ("Waha__WebhookHmacKey", key));

        (await app.SendAsync(Request(app, "sem assinatura", null))).Outcome.ShouldBe("accepted");

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("sem assinatura");
        app.Talk.ToString().ShouldContain("webhooks are accepted without a signature (Waha__AllowUnsignedWebhooks)");
    }

    [Fact]
    public async Task A_wrong_signature_is_still_wrong_where_there_is_a_key()
    {
        await using var app = await OpenClawApp.StartAsync(("Waha__AllowUnsignedWebhooks", "true"));

        (await app.SendAsync(Request(app, "falsa", "guessed"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await app.SendAsync(Request(app, "certa", OpenClawApp.HmacKey))).Outcome.ShouldBe("accepted");
    }

    private static HttpRequestMessage Request(OpenClawApp app, string text, string? key) =>
        WahaWebhook.Request(app.WebhookUrl, Encoding.UTF8.GetBytes(WahaWebhook.Text(text).Body), key);
}
