using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Redis;

/// <summary>Whoever does not use Redis does not pay for its driver; whoever mistypes its address is told.</summary>
public sealed class DriverTests : IDisposable
{
    private const string Driver = "StackExchange.Redis";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Single_process_does_not_load_it()
    {
        await using var process = OpenClawProcess.Start("OpenClaw.Gateway", _folder, [("ASPNETCORE_URLS", ProcessSettings.AnyPort)]);
        await process.WaitUntilReadyAsync();

        process.HasLoaded("OpenClaw.Core").ShouldBeTrue();
        process.HasLoaded(Driver).ShouldBeFalse();
    }

    [SkippableFact]
    public async Task Process_of_a_split_system_loads_it()
    {
        await using var process = Split((await RedisServer.SharedAsync()).ConnectionString);
        await process.WaitUntilReadyAsync();

        process.HasLoaded(Driver).ShouldBeTrue();
    }

    [Fact]
    public async Task Address_that_is_none_stops_the_start_by_name()
    {
        await using var process = Split("redis://user:hidden-word@localhost");

        (await process.WaitForRefusalAsync()).ShouldHaveSingleItem().ShouldStartWith("ConnectionStrings__redis is not a Redis connection string; write `host:port`");
        process.Errors.ShouldNotContain("hidden-word");
        string.Concat(process.Output).ShouldNotContain("hidden-word");
    }

    private OpenClawProcess Split(string redis) => OpenClawProcess.Start("OpenClaw.Gateway", _folder,
    [
        ("ASPNETCORE_URLS", ProcessSettings.AnyPort), ("Waha__BaseUrl", "http://127.0.0.1:1"), ("Waha__WebhookHmacKey", ProcessSettings.HmacKey),
        .. ProcessSettings.Split(redis),
    ]);
}
