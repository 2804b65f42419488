using System.Globalization;
using System.Text.Json;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway.Accounts;
using OpenClaw.Gateway.Sessions;
using OpenClaw.ServiceDefaults.Background;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Sessions;

/// <summary>What is done about each state of a session.</summary>
public sealed class SessionKeeperTests
{
    private const string Red = "only answers go out";
    private static readonly (string, string?) NoUrl = ("Waha__WebhookUrl", "");

    [Fact]
    public async Task Failed_session_is_restarted_with_growing_pauses()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        rig.Waha.Sessions["default"] = "FAILED";
        rig.Waha.OnStart = _ => "FAILED";
        var process = rig.NewProcess();

        var restarts = new List<DateTimeOffset>();
        for (var second = 0; second < 3600; second++)
        {
            await process.LookAsync();
            if (rig.Changes.Count > restarts.Count)
                restarts.Add(rig.Time.GetUtcNow());
            rig.Time.Advance(TimeSpan.FromSeconds(1));
        }

        rig.Changes.ShouldAllBe(change => change == "restart");
        var gaps = restarts.Zip(restarts.Skip(1), (before, after) => (after - before).TotalSeconds).ToList();
        gaps.Count.ShouldBeInRange(8, 13);
        foreach (var (gap, expected) in gaps.Zip([10.0, 20, 40, 80, 160, 320, 600, 600]))
            gap.ShouldBeInRange(expected * 0.8, (expected * 1.2) + 5);
        rig.Told("default is FAILED: it is restarted").ShouldBe(1);
        (await process.HealthAsync()).ShouldStartWith("default is FAILED: it is restarted with growing pauses");
    }

    [Fact]
    public async Task Session_that_recovered_begins_with_the_short_pause_again_and_one_that_flaps_does_not()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        rig.Waha.OnStart = _ => "WORKING";
        var process = rig.NewProcess();
        var pauses = new List<double>();
        foreach (var calm in new[] { 10, 10, 10, 10, 600, 10 })
        {
            await process.RunAsync(TimeSpan.FromSeconds(calm));
            var failed = rig.Time.GetUtcNow();
            var before = rig.Changes.Count;
            await process.TellAsync("FAILED");
            while (rig.Changes.Count == before)
            {
                rig.Time.Advance(TimeSpan.FromSeconds(1));
                await process.LookAsync();
            }

            pauses.Add((rig.Time.GetUtcNow() - failed).TotalSeconds);
        }

        pauses[3].ShouldBeGreaterThan(30);
        pauses[4].ShouldBeLessThan(10);
    }

    [Fact]
    public async Task Phone_that_logged_out_is_told_once_and_the_session_is_not_restarted_again_and_again()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        var process = rig.NewProcess();
        await process.TellAsync("WORKING");

        // As WAHA shows a log-out on the phone: FAILED, and after a restart codes that nobody scans, then FAILED for good.
        rig.Waha.OnStart = _ => "SCAN_QR_CODE";
        await process.TellAsync("FAILED");
        await process.RunAsync(TimeSpan.FromMinutes(2));
        (await process.HealthAsync()).ShouldStartWith("default is SCAN_QR_CODE: the phone logged it out, and it is not restarted for that: scan GET /api/sessions/default/qr");
        for (var code = 0; code < 5; code++)
            await process.TellAsync("SCAN_QR_CODE");
        await process.TellAsync("FAILED");
        await process.RunAsync(TimeSpan.FromHours(24));

        rig.Changes.ShouldBe(["restart"]);
        rig.Told("the phone logged it out").ShouldBe(1);
        rig.Told("no phone was linked in time").ShouldBe(1);
        (await process.HealthAsync()).ShouldStartWith("default is FAILED: no phone was linked in time, and it is not restarted for ever: POST /api/sessions/default/restart");

        await process.TellAsync("WORKING");
        rig.Told("Session default works again").ShouldBe(1);
        (await process.HealthAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Phone_that_logged_out_is_told_once_over_restarts_and_other_keepers_until_it_worked_again()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        var first = rig.NewProcess();
        await first.TellAsync("WORKING");
        await LogOutAsync(first);
        rig.Told("the phone logged it out").ShouldBe(1);

        // One that is started again, and one that takes over because the other is gone.
        await first.Keeper.StopAsync(rig.Patience);
        var second = rig.NewProcess();
        await LogOutAsync(second);
        rig.Time.Advance(TimeSpan.FromMinutes(10));
        var third = rig.NewProcess();
        await LogOutAsync(third);
        rig.Told("the phone logged it out").ShouldBe(1);
        rig.Told(Red).ShouldBe(0);
        (await third.HealthAsync()).ShouldStartWith("default is SCAN_QR_CODE: the phone logged it out");

        await third.TellAsync("WORKING");
        rig.Told("Session default works again").ShouldBe(1);
        await third.Get<AccountWatch>().LookAsync(rig.Patience);
        await LogOutAsync(third);

        rig.Told("the phone logged it out").ShouldBe(2);
        rig.Told(Red).ShouldBe(0);

        async Task LogOutAsync(KeeperProcess process)
        {
            await process.TellAsync("SCAN_QR_CODE");
            await process.Get<AccountWatch>().LookAsync(rig.Patience);
        }
    }

    [Fact]
    public async Task Sessions_that_nobody_keeps_are_told_as_red_when_their_phone_logged_out()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl, ("Waha__KeepSessions", "false"));
        var process = rig.NewProcess();
        foreach (var status in (string[])["WORKING", "SCAN_QR_CODE"])
        {
            rig.Time.Advance(TimeSpan.FromSeconds(1));
            await process.Get<ChatEventStore>().RecordSessionAsync("default", status, null, rig.Time.GetUtcNow(), rig.Patience);
        }

        await process.Get<AccountWatch>().LookAsync(rig.Patience);

        rig.Told(Red).ShouldBe(1);
    }

    [Fact]
    public async Task Owner_is_written_to_once_as_soon_as_there_is_another_number_that_the_owner_wrote_to()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl, ("Waha__Sessions__0", "default"), ("Waha__Sessions__1", "sales"), ("Access__Owner", "+1 555 000-1111"));
        var process = rig.NewProcess();
        var database = process.Get<IDatabase>();
        await process.TellAsync("WORKING");
        await process.TellAsync("STARTING", "sales");
        var owner = await process.Get<PeopleDirectory>().EnsureAsync(new SenderIdentity("15550001111", null), "en", "Etc/UTC", rig.Patience);
        var lane = await process.Get<LaneDirectory>().EnsureAsync("sales", owner, null, "15550001111@c.us", rig.Patience);

        await process.TellAsync("SCAN_QR_CODE");
        Notices().ShouldBeEmpty();
        await process.TellAsync("WORKING", "sales");
        await process.RunAsync(TimeSpan.FromMinutes(1));
        Notices().ShouldBeEmpty();
        await database.WriteAsync(
            sql => sql.Execute(
                "INSERT INTO conversation (lane_id, person_id, role, order_at, tokens, key_id, content_enc) VALUES (@lane, @person, 'user', 0, 1, @key, @content)",
                ("@lane", lane.Value), ("@person", owner.Person.Value), ("@key", owner.Key.Value), ("@content", new byte[] { 1 })),
            rig.Patience);
        await process.RunAsync(TimeSpan.FromHours(1));
        await process.Keeper.StopAsync(rig.Patience);
        await rig.NewProcess().RunAsync(TimeSpan.FromHours(1));

        Notices().ShouldBe(["sales: ⚠️ The number +19990001111 (session default) was logged out of WhatsApp. To link it again, ask OpenClaw for the QR code (GET /api/sessions/default/qr, with the admin key) and scan it with that number's phone under Linked devices."]);

        List<string> Notices() => database.Read(sql => sql.Query(
            "SELECT session, key_id, content_enc FROM outbox WHERE kind = 'notice'",
            row => row.GetString(0) + ": " + JsonSerializer.Deserialize(
                process.Get<KeyRing>().Decrypt(new DataKeyId(row.GetInt64(1)), "outbox.content", row.GetFieldValue<byte[]>(2)), StoredJson.Default.BubbleContent)!.Text));
    }

    [Theory]
    [InlineData("pt-BR", null, "⚠️ O número (sessão default) foi desconectado do WhatsApp. Para ligar de novo, peça o código QR ao OpenClaw (GET /api/sessions/default/qr")]
    [InlineData("pt-BR", "5511999990000", "⚠️ O número +5511999990000 (sessão default) foi desconectado")]
    [InlineData("en", "5511999990000", "⚠️ The number +5511999990000 (session default) was logged out")]
    public void Owner_is_told_which_number_in_their_language(string locale, string? phone, string beginning) =>
        OwnerNews.LoggedOut(locale, "default", phone).ShouldStartWith(beginning);

    [Fact]
    public async Task Session_that_was_never_linked_says_how_to_link_it()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        rig.Waha.Sessions["default"] = "SCAN_QR_CODE";
        var process = rig.NewProcess();

        await process.RunAsync(TimeSpan.FromHours(1));

        rig.Changes.ShouldBeEmpty();
        rig.Told("no phone is linked: scan GET /api/sessions/default/qr").ShouldBe(1);
        (await process.HealthAsync()).ShouldStartWith("default is SCAN_QR_CODE: no phone is linked");
    }

    [Theory]
    [InlineData("PASSKEY_REQUIRED")]
    [InlineData("SOMETHING_NEW")]
    public async Task Status_that_is_not_known_is_not_working_and_left_alone(string status)
    {
        await using var rig = await KeeperRig.StartAsync();
        rig.Waha.Sessions["default"] = status;
        var process = rig.NewProcess();

        await process.RunAsync(TimeSpan.FromHours(1));

        rig.Changes.ShouldBeEmpty();
        rig.Told($"default is {status}").ShouldBe(1);
        (await process.HealthAsync()).ShouldStartWith($"default is {status}: this version does not know that status and takes it as not working");
    }

    [Fact]
    public async Task Stopped_session_is_started_at_the_start_but_not_after_somebody_stopped_it()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        rig.Waha.Sessions["default"] = "STOPPED";
        rig.Waha.OnStart = _ => "WORKING";
        var process = rig.NewProcess();
        await process.RunAsync(TimeSpan.FromMinutes(1));
        rig.Changes.ShouldBe(["start"]);

        await process.TellAsync("STOPPED");
        rig.Told("somebody stopped it").ShouldBe(0);
        await process.RunAsync(TimeSpan.FromHours(1));

        rig.Changes.ShouldBe(["start"]);
        rig.Told("somebody stopped it").ShouldBe(1);
        (await process.HealthAsync()).ShouldStartWith("default is STOPPED: somebody stopped it at WAHA");
    }

    [Fact]
    public async Task Of_two_Gateways_one_keeps_and_the_other_follows_when_it_stops_or_is_gone()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        var (first, second, third) = (rig.NewProcess(), rig.NewProcess(), rig.NewProcess());
        await first.LookAsync();
        await second.LookAsync();
        Looks().ShouldBe(1);

        await first.Keeper.StopAsync(rig.Patience);
        await second.LookAsync();
        Looks().ShouldBe(2);

        rig.Time.Advance(TimeSpan.FromMinutes(2));
        await third.LookAsync();
        Looks().ShouldBe(2);
        rig.Time.Advance(TimeSpan.FromMinutes(1));
        await third.LookAsync();
        await second.LookAsync();
        Looks().ShouldBe(3);

        int Looks() => rig.Waha.Calls.OfType<GetSessionCall>().Count();
    }

    [Fact]
    public async Task WAHA_that_is_down_is_told_once_asked_less_often_and_shown_in_health()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        var process = rig.NewProcess();
        await process.LookAsync();
        var lines = rig.Logs.Lines.Count;
        await rig.Waha.StopAsync();

        await process.RunAsync(TimeSpan.FromHours(1));

        (rig.Logs.Lines.Count - lines).ShouldBe(2, rig.Logs.ToString());
        rig.Told("WAHA does not tell the state of session default (connection_refused)").ShouldBe(1);
        (await process.HealthAsync()).ShouldBe("default is not known: WAHA does not answer (connection_refused); its messages and answers wait");

        await rig.Waha.RestartAsync();
        await process.RunAsync(TimeSpan.FromMinutes(2));
        (await process.HealthAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task What_was_seen_and_never_told_is_known_to_every_process()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        var (keeper, other) = (rig.NewProcess(), rig.NewProcess());
        rig.Waha.Sessions["default"] = "SCAN_QR_CODE";

        await keeper.LookAsync();

        (await other.HealthAsync()).ShouldStartWith("default is SCAN_QR_CODE: no phone is linked");
        other.Get<ChatEventStore>().HasWorked("default").ShouldBeFalse();
    }

    [Fact]
    public async Task Number_that_was_linked_while_nobody_looked_is_known_to_every_process()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        var (before, other) = (rig.NewProcess(), rig.NewProcess());
        await before.LookAsync();
        (await AccountAsync(other)).ShouldBe("19990001111");
        await before.Keeper.StopAsync(rig.Patience);

        // It works when it is looked at again, as it did: only the number is another one.
        rig.Waha.Linked["default"] = "19990003333";
        rig.Time.Advance(TimeSpan.FromMinutes(10));
        var keeper = rig.NewProcess();
        await keeper.LookAsync();

        (await AccountAsync(keeper)).ShouldBe("19990003333");
        (await AccountAsync(other)).ShouldBe("19990003333");
        rig.Time.Advance(TimeSpan.FromMinutes(10));
        var commits = keeper.Get<IDatabase>().Read(sql => sql.QueryFirst("SELECT status_at FROM sessions", row => row.GetInt64(0)));
        await rig.NewProcess().LookAsync();
        keeper.Get<IDatabase>().Read(sql => sql.QueryFirst("SELECT status_at FROM sessions", row => row.GetInt64(0))).ShouldBe(commits, "what is known is not written again");

        async Task<string?> AccountAsync(KeeperProcess process) => (await process.Get<SessionAccounts>().AllAsync(rig.Patience)).GetValueOrDefault("default")?.Id;
    }

    [Fact]
    public async Task Number_that_logged_out_and_was_linked_again_is_known_to_every_process()
    {
        await using var rig = await KeeperRig.StartAsync(NoUrl);
        var (keeper, other) = (rig.NewProcess(), rig.NewProcess());
        await keeper.LookAsync();
        await keeper.TellAsync("SCAN_QR_CODE");
        (await AccountAsync()).ShouldBeNull();

        // The event of its return names no account.
        await keeper.TellAsync("WORKING");
        await keeper.RunAsync(TimeSpan.FromMinutes(5));

        (await AccountAsync()).ShouldBe("19990001111");

        async Task<string?> AccountAsync()
        {
            rig.Time.Advance(TimeSpan.FromSeconds(10));
            return (await other.Get<SessionAccounts>().AllAsync(rig.Patience)).GetValueOrDefault("default")?.Id;
        }
    }

    [Fact]
    public void Pauses_double_up_to_the_longest_and_differ_by_a_fifth_at_most()
    {
        var pause = new GrowingPause(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), new Random(7));

        for (var round = 0; round < 2; round++)
        {
            foreach (var expected in new[] { 5, 10, 20, 40, 60, 60 })
                pause.Next().TotalSeconds.ShouldBeInRange(expected * 0.8, expected * 1.2, expected.ToString(CultureInfo.InvariantCulture));
            pause.Reset();
        }
    }
}
