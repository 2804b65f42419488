using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OpenClaw.Core.Startup;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Simulator;

namespace OpenClaw.Tests.Simulator;

/// <summary>The first minute with the product: no settings, a real Chromium, the whole way from the keyboard to the offline brain and back.</summary>
public sealed partial class SimulatorJourneyTests(ChromiumBrowser chromium) : IClassFixture<ChromiumBrowser>, IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("openclaw-simulator-").FullName;
    private ProcessHost _gateway = null!;
    private IPage? _page;

    public async Task InitializeAsync()
    {
        _gateway = GatewayHost.Build([], new StartupTalk(TextWriter.Null), builder => builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["urls"] = "http://127.0.0.1:0",
                ["Storage:DataDirectory"] = _data,
                ["Logging:LogLevel:Default"] = "None",
            }));
        await _gateway.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_page is not null)
            await _page.CloseAsync();
        await _gateway.StopAsync();
        await _gateway.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [SkippableFact]
    public async Task Ana_asks_the_time_and_her_files()
    {
        var page = await OpenAsync("ana");

        await SayAsync(page, "que horas são?");

        var answers = page.GetByTestId("bubble-in");
        await Expect(answers).ToHaveCountAsync(1);
        await Expect(answers.First).ToContainTextAsync("Modo offline");
        await Expect(answers.First).ToContainTextAsync(TimeOfDay());
        await Expect(page.GetByTestId("ticks").First).ToHaveAttributeAsync("data-state", "read");
        await Expect(page.GetByTestId("webhook-status")).ToContainTextAsync("202");

        await SayAsync(page, "lista os arquivos");

        await Expect(answers).ToHaveCountAsync(2);
        await Expect(answers.Last).ToContainTextAsync("Seus arquivos");
        await Expect(answers.Last).ToContainTextAsync("bem-vindo.txt");
        await Expect(answers.Last).Not.ToContainTextAsync("Modo offline");
    }

    [SkippableFact]
    public async Task Webhook_that_comes_twice_is_answered_once()
    {
        var page = await OpenAsync("ana");
        await SayAsync(page, "que horas são?");
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(1);

        await page.GetByTestId("resend").ClickAsync();
        await Expect(page.GetByTestId("resend-result")).ToHaveTextAsync("O Gateway respondeu 202");

        // Whatever the second webhook could cause would come before the answer to the next message.
        await SayAsync(page, "ajuda");
        await Expect(page.GetByTestId("bubble-in").Last).ToContainTextAsync("Posso ajudar com");
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(2);
    }

    [SkippableFact]
    public async Task Bob_is_answered_in_english_and_apart_from_ana()
    {
        var page = await OpenAsync("ana");
        await SayAsync(page, "que horas são?");
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(1);

        await page.GetByTestId("person-bob").ClickAsync();
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(0);
        await SayAsync(page, "what time is it?");

        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("bubble-in")).ToContainTextAsync("Offline mode");
        await Expect(page.GetByTestId("bubble-in")).ToContainTextAsync(TimeOfDay());
    }

    [SkippableFact]
    public async Task Telephone_sized_screen_shows_the_whole_exchange()
    {
        var page = await OpenAsync("ana", width: 375, height: 667);

        await page.GetByTestId("suggestion").First.ClickAsync();

        await Expect(page.GetByTestId("bubble-in")).ToContainTextAsync(TimeOfDay());
        await Expect(page.GetByTestId("bubble-in").Last).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(page.GetByTestId("send")).ToBeInViewportAsync(new() { Ratio = 1 });
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(375);
    }

    private static async Task SayAsync(IPage page, string text)
    {
        await page.GetByTestId("message-input").FillAsync(text);
        await page.GetByTestId("send").ClickAsync();
        await Expect(page.GetByTestId("bubble-out").Last).ToContainTextAsync(text);
    }

    private async Task<IPage> OpenAsync(string person, int width = 1280, int height = 900)
    {
        var page = _page = await chromium.NewPageAsync(new() { Locale = "pt-BR", ViewportSize = new() { Width = width, Height = height } });
        await page.GotoAsync(new Uri(_gateway.App.Services.GetRequiredService<SimulatorAddress>().Root!, $"simulator?person={person}").ToString());
        await Expect(page.GetByTestId("presence")).ToHaveTextAsync("online");
        return page;
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    [GeneratedRegex(@"\d{1,2}:\d{2}", RegexOptions.None, 1000)]
    private static partial Regex TimeOfDay();
}
