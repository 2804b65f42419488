using System.Text.Json.Nodes;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Sessions;

/// <summary>Our webhook in WAHA's config.</summary>
public sealed class WebhookRegistrationTests
{
    [Fact]
    public async Task Webhook_is_registered_at_the_start_with_key_retries_and_events_and_then_left_alone()
    {
        await using var rig = await KeeperRig.StartAsync();
        var process = rig.NewProcess();

        await process.RunAsync(TimeSpan.FromMinutes(30));

        rig.Changes.ShouldBe(["configure"]);
        JsonNode.Parse(rig.Waha.Calls.OfType<SessionChangeCall>().Single().Body)!["config"]!["webhooks"]!.ToJsonString().ShouldBe(JsonNode.Parse(
            """
            [{"url":"http://gateway:5080/webhooks/waha","events":["message.any","message.ack","message.ack.group","message.reaction","session.status"],
              "retries":{"policy":"exponential","delaySeconds":2,"attempts":8},"hmac":{"key":"keeper-hmac-key"}}]
            """)!.ToJsonString());
        rig.Waha.Configs["default"]["noweb"]!["store"]!["enabled"]!.GetValue<bool>().ShouldBeTrue();
        rig.Logs.ToString().ShouldNotContain(KeeperRig.HmacKey);
        rig.Logs.ToString().ShouldNotContain("environment-secret");
    }

    [Fact]
    public async Task What_else_stands_in_the_config_stays()
    {
        await using var rig = await KeeperRig.StartAsync();
        rig.Waha.Configs["default"] = (JsonObject)JsonNode.Parse("""{"noweb":{"store":{"enabled":false}},"webhooks":[{"url":"http://other/","events":["*"]}]}""")!;

        await rig.NewProcess().RunAsync(TimeSpan.FromMinutes(2));

        rig.Changes.ShouldBe(["configure"]);
        rig.Waha.Configs["default"]["noweb"]!["store"]!["enabled"]!.GetValue<bool>().ShouldBeFalse();
        rig.Waha.Configs["default"]["webhooks"]!.AsArray().Select(webhook => (string)webhook!["url"]!).ShouldBe(["http://other/", KeeperRig.Url]);
    }

    [Fact]
    public async Task Webhook_with_another_key_or_fewer_events_is_replaced_and_not_doubled()
    {
        await using var rig = await KeeperRig.StartAsync();
        rig.Waha.Configs["default"] = (JsonObject)JsonNode.Parse($$"""{"webhooks":[{"url":"{{KeeperRig.Url}}","events":["message"],"hmac":{"key":"old"} }]}""")!;

        await rig.NewProcess().RunAsync(TimeSpan.FromMinutes(2));

        rig.Changes.ShouldBe(["configure"]);
        var webhook = rig.Waha.Configs["default"]["webhooks"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)webhook["hmac"]!["key"]!).ShouldBe(KeeperRig.HmacKey);
    }

    [Fact]
    public async Task After_a_restart_of_WAHA_config_and_webhook_are_given_back_and_the_session_is_started()
    {
        await using var rig = await KeeperRig.StartAsync();
        rig.Waha.Configs["default"] = (JsonObject)JsonNode.Parse("""{"noweb":{"store":{"enabled":true}}}""")!;
        rig.Waha.OnStart = _ => "WORKING";
        var process = rig.NewProcess();
        await process.RunAsync(TimeSpan.FromMinutes(1));
        var before = rig.Changes.Count;

        rig.Waha.ForgetSessions();
        await process.RunAsync(TimeSpan.FromMinutes(1));

        rig.Changes.Skip(before).ShouldBe(["configure", "start"]);
        rig.Waha.Sessions["default"].ShouldBe("WORKING");
        rig.Waha.Configs["default"]["noweb"].ShouldNotBeNull();
        rig.Waha.Configs["default"]["webhooks"]!.AsArray().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task None_is_registered_beside_a_global_one_that_points_to_us_and_what_that_lacks_is_told_once()
    {
        await using var rig = await KeeperRig.StartAsync();
        rig.Waha.Environment = new JsonObject { ["WHATSAPP_HOOK_URL"] = KeeperRig.Url, ["WHATSAPP_HOOK_EVENTS"] = "message.any, message.ack,message.reaction,session.status", ["WAHA_API_KEY"] = "environment-secret" };

        await rig.NewProcess().RunAsync(TimeSpan.FromMinutes(30));

        rig.Changes.ShouldBeEmpty();
        rig.Told("WAHA's global webhook points to us already").ShouldBe(1);
        rig.Told("add message.ack.group to WHATSAPP_HOOK_EVENTS").ShouldBe(1);
        rig.Logs.ToString().ShouldNotContain("environment-secret");
    }

    [Theory]
    [InlineData("http://elsewhere/hook", "message")]
    [InlineData(KeeperRig.Url, "")]
    public async Task A_global_one_that_points_elsewhere_or_sends_nothing_does_not_count(string url, string events)
    {
        await using var rig = await KeeperRig.StartAsync();
        rig.Waha.Environment = new JsonObject { ["WHATSAPP_HOOK_URL"] = url, ["WHATSAPP_HOOK_EVENTS"] = events };

        await rig.NewProcess().RunAsync(TimeSpan.FromMinutes(2));

        rig.Changes.ShouldBe(["configure"]);
    }

    [Fact]
    public async Task WAHA_that_does_not_tell_its_environment_gets_the_webhook()
    {
        await using var rig = await KeeperRig.StartAsync();
        rig.Waha.Environment = null;

        await rig.NewProcess().RunAsync(TimeSpan.FromMinutes(2));

        rig.Changes.ShouldBe(["configure"]);
    }

    [Fact]
    public async Task WAHA_that_does_not_show_the_key_is_not_told_it_again_and_again()
    {
        await using var rig = await KeeperRig.StartAsync();
        rig.Waha.ShowsHmacKeys = false;

        await rig.NewProcess().RunAsync(TimeSpan.FromMinutes(30));

        rig.Changes.ShouldBe(["configure"]);
    }

    [Fact]
    public async Task A_registration_that_somebody_else_takes_away_is_not_fought_over_at_every_look()
    {
        await using var rig = await KeeperRig.StartAsync();
        var process = rig.NewProcess();

        for (var minute = 0; minute < 60; minute++)
        {
            await process.RunAsync(TimeSpan.FromMinutes(1));
            rig.Waha.Configs.Clear();
        }

        rig.Changes.Count.ShouldBeInRange(4, 9);
    }

    [Fact]
    public async Task Session_that_WAHA_does_not_have_is_created_with_the_webhook()
    {
        await using var rig = await KeeperRig.StartAsync(("Waha__Sessions__0", "sales"));
        rig.Waha.OnStart = _ => "SCAN_QR_CODE";

        await rig.NewProcess().RunAsync(TimeSpan.FromMinutes(5));

        rig.Changes.ShouldBe(["create"]);
        rig.Waha.Sessions["sales"].ShouldBe("SCAN_QR_CODE");
        rig.Waha.Configs["sales"]["webhooks"]!.AsArray().ShouldHaveSingleItem();
        rig.Waha.Configs["sales"]["noweb"]!["store"]!["enabled"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Without_our_address_nothing_is_registered_and_sessions_are_still_kept()
    {
        await using var rig = await KeeperRig.StartAsync(("Waha__WebhookUrl", ""));
        rig.Waha.Sessions["default"] = "STOPPED";
        rig.Waha.OnStart = _ => "WORKING";

        await rig.NewProcess().RunAsync(TimeSpan.FromMinutes(5));

        rig.Changes.ShouldBe(["start"]);
    }
}
