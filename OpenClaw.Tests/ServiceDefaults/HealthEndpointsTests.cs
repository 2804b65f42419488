using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OpenClaw.ServiceDefaults;
using OpenClaw.ServiceDefaults.Health;

namespace OpenClaw.Tests.ServiceDefaults;

public sealed class HealthEndpointsTests
{
    [Fact]
    public async Task A_process_with_nothing_wrong_is_alive_and_healthy()
    {
        await using var app = await StartAsync(_ => { });
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        (await client.GetStringAsync("/alive")).ShouldBe("alive");
        var (code, body) = await HealthAsync(client);

        code.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("status").GetString().ShouldBe("healthy");
    }

    [Fact]
    public async Task A_degraded_check_still_answers_200_and_says_which_and_why()
    {
        await using var app = await StartAsync(checks => checks.AddCheck("waha", () => HealthCheckResult.Degraded("WAHA does not answer."), [HealthEndpoints.Ready]));
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        var (code, body) = await HealthAsync(client);

        code.ShouldBe(HttpStatusCode.OK);
        body.GetProperty("status").GetString().ShouldBe("degraded");
        var waha = body.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "waha");
        waha.GetProperty("status").GetString().ShouldBe("degraded");
        waha.GetProperty("description").GetString().ShouldBe("WAHA does not answer.");
    }

    [Fact]
    public async Task An_unhealthy_check_answers_503_without_the_text_of_its_exception()
    {
        await using var app = await StartAsync(checks => checks.AddCheck("store", () => throw new InvalidOperationException("Password=planted"), [HealthEndpoints.Ready]));
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        var (code, body) = await HealthAsync(client);

        code.ShouldBe(HttpStatusCode.ServiceUnavailable);
        body.ToString().ShouldContain("the log says why");
        body.ToString().ShouldNotContain("planted");
    }

    [Fact]
    public async Task Checks_without_the_ready_tag_do_not_decide()
    {
        await using var app = await StartAsync(checks => checks.AddCheck("other", () => HealthCheckResult.Unhealthy()));
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };

        (await HealthAsync(client)).Code.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_process_that_is_asked_to_stop_is_no_longer_ready()
    {
        await using var app = await StartAsync(_ => { });
        var health = app.Services.GetRequiredService<HealthCheckService>();
        (await health.CheckHealthAsync()).Status.ShouldBe(HealthStatus.Healthy);

        app.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        (await health.CheckHealthAsync()).Entries["draining"].Description.ShouldBe("The process is stopping.");
    }

    private static async Task<(HttpStatusCode Code, JsonElement Body)> HealthAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/health");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        return (response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static async Task<WebApplication> StartAsync(Action<IHealthChecksBuilder> add)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.AddServiceDefaults();
        add(builder.Services.AddHealthChecks());
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync();
        return app;
    }
}
