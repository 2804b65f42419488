using System.Text.Json.Nodes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Accounts;
using OpenClaw.Gateway.Health;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Sessions;

namespace OpenClaw.Tests.Accounts;

/// <summary>What WAHA tells of WhatsApp's limits is asked for seldom, shown, and told once; the session is left alone.</summary>
public sealed class AccountWatchTests : IAsyncLifetime
{
    private const string Red = "only answers go out";
    private KeeperRig _rig = null!;
    private KeeperProcess _process = null!;

    public async Task InitializeAsync()
    {
        _rig = await KeeperRig.StartAsync();
        _process = _rig.NewProcess();
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task WAHA_that_knows_no_limits_is_asked_again_after_hours()
    {
        await RunAsync(_process, TimeSpan.FromHours(3.9));
        Asked().ShouldBe(2);

        await RunAsync(_process, TimeSpan.FromMinutes(10));

        Asked().ShouldBe(4);
        (await HealthAsync()).ShouldBeNull();
        _rig.Told(Red).ShouldBe(0);
    }

    [Fact]
    public async Task Told_limits_are_asked_for_each_half_hour_by_one_process()
    {
        _rig.Waha.Limits["timelock"] = new JsonObject { ["isActive"] = false };
        _rig.Waha.Limits["capping"] = new JsonObject { ["cappingStatus"] = "NONE", ["totalQuota"] = -1 };
        var other = _rig.NewProcess();

        for (var i = 0; i < 4 * 60; i++)
        {
            await LookAsync(_process);
            await LookAsync(other);
            _rig.Time.Advance(TimeSpan.FromSeconds(15));
        }

        Asked().ShouldBe(4);
    }

    [Fact]
    public async Task Timelock_is_shown_and_told_once_until_it_ends_and_the_session_is_left_alone()
    {
        var other = _rig.NewProcess();
        var until = _rig.Time.GetUtcNow() + TimeSpan.FromHours(2);
        _rig.Waha.Limits["timelock"] = new JsonObject { ["isActive"] = true, ["timeEnforcementEnds"] = until.ToString("O"), ["enforcementType"] = "RESTRICT_ALL_COMPANIONS" };
        await LookAsync(_process);
        await LookAsync(other);
        await RunAsync(_process, TimeSpan.FromHours(1));

        _rig.Told(Red).ShouldBe(1);
        (await HealthAsync()).ShouldNotBeNull().ShouldContain("default is red: only answers go out; WhatsApp lets it write to no new contacts (463; told by WAHA, until");

        await RunAsync(_process, TimeSpan.FromHours(1.1));
        (await HealthAsync()).ShouldBeNull();
        _rig.Told("is red no more").ShouldBe(1);
        _rig.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keeper_does_nothing_to_a_session_whose_sends_WhatsApp_refuses()
    {
        await _process.RunAsync(TimeSpan.FromMinutes(1));
        var before = _rig.Changes.Count;
        await _process.Get<AccountLimitStore>().NoteRefusedAsync("default", AccountLimit.Timelock, _rig.Patience);

        for (var i = 0; i < 10; i++)
        {
            await LookAsync(_process);
            await _process.RunAsync(TimeSpan.FromMinutes(1));
        }

        _rig.Changes.Count.ShouldBe(before);
        _rig.Told(Red).ShouldBe(1);
    }

    [Fact]
    public async Task Warning_is_shown_and_not_told_as_red()
    {
        _rig.Waha.Limits["capping"] = new JsonObject { ["capping_status"] = "SECOND_WARNING", ["cycle_end_timestamp"] = (_rig.Time.GetUtcNow() + TimeSpan.FromDays(9)).ToUnixTimeSeconds() };

        await RunAsync(_process, TimeSpan.FromMinutes(2));

        (await HealthAsync()).ShouldNotBeNull().ShouldStartWith("default is amber; WhatsApp warns");
        _rig.Told(Red).ShouldBe(0);
    }

    private int Asked() => _rig.Waha.Calls.OfType<ReadLimitCall>().Count();

    private Task LookAsync(KeeperProcess process) => process.Get<AccountWatch>().LookAsync(_rig.Patience);

    private async Task RunAsync(KeeperProcess process, TimeSpan duration)
    {
        for (var end = _rig.Time.GetUtcNow() + duration; _rig.Time.GetUtcNow() < end; _rig.Time.Advance(TimeSpan.FromSeconds(15)))
            await LookAsync(process);
    }

    private async Task<string?> HealthAsync()
    {
        var result = await _process.Get<AccountsCheck>().CheckHealthAsync(new HealthCheckContext(), _rig.Patience);
        return result.Status == HealthStatus.Healthy ? null : result.Description;
    }
}
