using System.Globalization;
using System.Net;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>Real processes whose data directory is on a disk without a free byte: nothing that was acknowledged is lost, and nothing is restarted.</summary>
public sealed class FullDiskProcessTests
{
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk_refuses_what_does_not_fit_says_so_and_with_room_again_everybody_is_answered_once(bool isSplit)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var disk = new SmallDisk(megabytes: 32);
        await using var system = await RunningSystem.StartAsync(isSplit, ("Storage__DataDirectory", disk.Path));
        List<string> acknowledged = [], refused = [];
        await PostAsync("antes");
        await system.Waha.WaitForBubblesAsync(1, patience.Token);

        disk.Fill();
        // The log has some room of its own.
        for (var i = 0; refused.Count < 3; i++)
            await PostAsync($"cheio {i}");

        await HealthIsAsync(system.Gateway, HttpStatusCode.ServiceUnavailable, "the disk of the database is full");
        // A Worker that had nothing to store only sees how little room there is.
        (await (await system.HealthAsync(system.Worker)).Content.ReadAsStringAsync(patience.Token)).ShouldContain("the disk of the database");
        system.Waha.Delivered.Count.ShouldBeLessThanOrEqualTo(acknowledged.Count);

        disk.MakeRoom();
        foreach (var process in (OpenClawProcess[])[system.Gateway, system.Worker])
            await HealthIsAsync(process, HttpStatusCode.OK, "healthy");
        foreach (var text in refused.ToList())
            await PostAsync(text);
        await PostAsync("depois");

        refused.Count.ShouldBe(3, "each was taken the second time");
        await system.Waha.WaitForBubblesAsync(acknowledged.Count, patience.Token);
        system.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(acknowledged, ignoreOrder: true);

        async Task PostAsync(string text)
        {
            // A chat for each: an answer is about one message.
            using var answer = await system.PostAsync(text, string.Create(CultureInfo.InvariantCulture, $"55119{text.GetHashCode(StringComparison.Ordinal) & 0xFFFFFFF:D8}@c.us"));
            answer.StatusCode.ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.ServiceUnavailable);
            (answer.StatusCode == HttpStatusCode.Accepted ? acknowledged : refused).Add(text);
        }

        async Task HealthIsAsync(OpenClawProcess process, HttpStatusCode status, string words)
        {
            while (true)
            {
                using var answer = await system.HealthAsync(process);
                var body = await answer.Content.ReadAsStringAsync(patience.Token);
                if (answer.StatusCode == status && body.Contains(words, StringComparison.Ordinal))
                    return;
                await Task.Delay(100, patience.Token);
            }
        }
    }
}
