using System.Net;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>Somebody moves the data directory away under running processes: what they would store then nobody would find again.</summary>
public sealed class MovedDataTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_is_acknowledged_until_the_data_directory_is_back_and_then_everybody_is_answered_once(bool isSplit)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var folder = new TemporaryFolder();
        var (here, away) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "away"));
        await using var system = await RunningSystem.StartAsync(isSplit, ("Storage__DataDirectory", here));
        (await PostAsync("antes", "5511900000001@c.us")).ShouldBe(HttpStatusCode.Accepted);
        await system.Waha.WaitForBubblesAsync(1, patience.Token);

        Directory.Move(here, away);
        (await PostAsync("durante", "5511900000002@c.us")).ShouldBe(HttpStatusCode.ServiceUnavailable);
        foreach (var process in (OpenClawProcess[])[system.Gateway, system.Worker])
        {
            using var health = await system.HealthAsync(process);
            health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await health.Content.ReadAsStringAsync(patience.Token)).ShouldContain("the file of the database was deleted, moved or replaced");
        }

        Directory.Move(away, here);
        (await PostAsync("durante", "5511900000002@c.us")).ShouldBe(HttpStatusCode.Accepted);
        (await PostAsync("depois", "5511900000003@c.us")).ShouldBe(HttpStatusCode.Accepted);

        await system.Waha.WaitForBubblesAsync(3, patience.Token);
        system.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["antes", "durante", "depois"], ignoreOrder: true);

        async Task<HttpStatusCode> PostAsync(string text, string chat)
        {
            using var answer = await system.PostAsync(text, chat);
            return answer.StatusCode;
        }
    }
}
