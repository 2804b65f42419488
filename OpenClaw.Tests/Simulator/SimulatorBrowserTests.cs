using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace OpenClaw.Tests.Simulator;

/// <summary>The page in a real Chromium, with a stand-in for the product that reads, types and answers through the WAHA API.</summary>
public sealed partial class SimulatorBrowserTests(ChromiumBrowser chromium) : IClassFixture<ChromiumBrowser>, IAsyncLifetime
{
    private SimulatorHost _host = null!;
    private IPage? _page;

    public async Task InitializeAsync()
    {
        _host = await SimulatorHost.StartAsync();
        _host.OnWebhook = webhook => webhook.Event == "message" ? AnswerAsync(webhook) : Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        if (_page is not null)
            await _page.CloseAsync();
        await _host.DisposeAsync();
    }

    [SkippableFact]
    public async Task Person_writes_and_reads_the_answer()
    {
        var page = await OpenAsync();
        await Expect(page.GetByTestId("empty")).ToBeVisibleAsync();

        await page.GetByTestId("message-input").FillAsync("que horas são?");
        await page.GetByTestId("send").ClickAsync();

        await Expect(page.GetByTestId("bubble-out")).ToContainTextAsync("que horas são?");
        await Expect(page.GetByTestId("bubble-in").GetByTestId("bubble-text")).ToHaveTextAsync("eco: que horas são?");
        await Expect(page.GetByTestId("ticks")).ToHaveAttributeAsync("data-state", "read");
        await Expect(page.GetByTestId("empty")).ToBeHiddenAsync();
        await Expect(page.GetByTestId("message-input")).ToHaveValueAsync("");
        await Expect(page.GetByTestId("webhook-status")).ToContainTextAsync("202");
    }

    [SkippableFact]
    public async Task Typing_is_shown_while_the_answer_is_made()
    {
        var thinking = new TaskCompletionSource();
        _host.OnWebhook = async webhook =>
        {
            if (webhook.Event != "message")
                return;
            await _host.CallAsync("api/startTyping", new { session = "default", chatId = Chat(webhook) });
            await thinking.Task;
            await AnswerAsync(webhook);
        };
        var page = await OpenAsync();

        await page.GetByTestId("suggestion").First.ClickAsync();

        await Expect(page.GetByTestId("typing")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("presence")).ToHaveTextAsync("digitando…");
        await Expect(page.GetByTestId("ticks")).ToHaveAttributeAsync("data-state", "sent");
        thinking.SetResult();
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("typing")).ToBeHiddenAsync();
        await Expect(page.GetByTestId("presence")).ToHaveTextAsync("online");
    }

    [SkippableFact]
    public async Task Two_people_have_two_chats()
    {
        var page = await OpenAsync();
        await SendAsync(page, "oi da Ana");
        await page.GetByTestId("person-bob").ClickAsync();

        await Expect(page.GetByTestId("person-bob")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.GetByTestId("bubble-out")).ToHaveCountAsync(0);
        await SendAsync(page, "hi from Bob");
        await Expect(page.GetByTestId("bubble-in")).ToContainTextAsync("eco: hi from Bob");
        await page.ReloadAsync();
        await Expect(page.GetByTestId("bubble-out")).ToContainTextAsync("hi from Bob");

        await page.GetByTestId("person-ana").ClickAsync();
        await Expect(page.GetByTestId("bubble-out")).ToContainTextAsync("oi da Ana");
    }

    [SkippableFact]
    public async Task Resend_tells_what_the_gateway_answered()
    {
        var page = await OpenAsync();
        await page.GetByTestId("resend").ClickAsync();
        await Expect(page.GetByTestId("resend-result")).ToContainTextAsync("primeiro");
        await SendAsync(page, "oi");
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(1);
        _host.OnWebhook = _ => Task.CompletedTask;

        await page.GetByTestId("resend").ClickAsync();

        await Expect(page.GetByTestId("resend-result")).ToHaveTextAsync("O Gateway respondeu 202");
    }

    [SkippableFact]
    public async Task Marks_are_drawn_and_markup_stays_text()
    {
        var page = await OpenAsync();
        _host.OnWebhook = _ => Task.CompletedTask;
        await SendAsync(page, "*forte* _leve ~fora~_ `x*y*z` a*b*c <img src=x onerror=alert(1)> https://example.com/a_b_c. ```\nbloco *não*\n```");

        var text = page.GetByTestId("bubble-text");
        await Expect(text.Locator("strong")).ToHaveTextAsync(["forte"]);
        await Expect(text.Locator("em")).ToHaveTextAsync(["leve fora"]);
        await Expect(text.Locator("em s")).ToHaveTextAsync(["fora"]);
        await Expect(text.Locator("code")).ToHaveTextAsync(["x*y*z"]);
        await Expect(text.Locator("pre")).ToHaveTextAsync(["bloco *não*"]);
        await Expect(text).ToContainTextAsync("a*b*c <img src=x onerror=alert(1)>");
        await Expect(text.Locator("img")).ToHaveCountAsync(0);
        await Expect(text.Locator("a")).ToHaveAttributeAsync("href", "https://example.com/a_b_c");
        await Expect(text.Locator("a")).ToHaveAttributeAsync("rel", NoOpener());
    }

    [SkippableFact]
    public async Task Keyboard_alone_is_enough()
    {
        var page = await OpenAsync();
        await Expect(page.GetByTestId("message-input")).ToBeFocusedAsync();

        await page.Keyboard.TypeAsync("linha 1");
        await page.Keyboard.PressAsync("Shift+Enter");
        await page.Keyboard.TypeAsync("linha 2");
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.GetByTestId("bubble-out").GetByTestId("bubble-text")).ToHaveTextAsync("linha 1\nlinha 2");
        await page.Keyboard.PressAsync("Shift+Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.GetByTestId("bubble-out")).ToHaveCountAsync(2);
    }

    [SkippableFact]
    public async Task Lost_gateway_is_said_and_nothing_typed_is_lost()
    {
        var page = await OpenAsync();
        await SendAsync(page, "antes");
        await _host.StopAsync();

        await Expect(page.GetByTestId("reconnecting")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("presence")).ToHaveTextAsync("reconectando…");
        await page.GetByTestId("message-input").FillAsync("guarde isto");
        await page.GetByTestId("send").ClickAsync();
        await Expect(page.GetByTestId("problem")).ToBeVisibleAsync();
        await Expect(page.GetByTestId("message-input")).ToHaveValueAsync("guarde isto");
        await Expect(page.GetByTestId("bubble-out")).ToHaveCountAsync(1);
    }

    [SkippableFact]
    public async Task Page_comes_back_by_itself_with_what_was_missed()
    {
        var page = await OpenAsync();
        var blocked = true;
        await page.RouteAsync("**/simulator/events*", route => blocked
            ? route.FulfillAsync(new() { Status = 502, Body = "" })
            : route.ContinueAsync());
        await page.ReloadAsync();
        await Expect(page.GetByTestId("reconnecting")).ToBeVisibleAsync();
        await _host.SendAsync("ana", "enquanto isso");

        blocked = false;

        await Expect(page.GetByTestId("bubble-out")).ToContainTextAsync("enquanto isso");
        await Expect(page.GetByTestId("reconnecting")).ToBeHiddenAsync();
        await Expect(page.GetByTestId("presence")).ToHaveTextAsync("online");
    }

    [SkippableTheory]
    [InlineData(375, 667)]
    [InlineData(320, 568)]
    [InlineData(1280, 800)]
    public async Task Page_fits_the_screen_and_its_panel_can_be_reached(int width, int height)
    {
        var page = await OpenAsync(width, height);
        await SendAsync(page, new string('x', 300));

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
        await Expect(page.GetByTestId("send")).ToBeInViewportAsync();
        if (width < 800)
        {
            await Expect(page.GetByTestId("resend")).ToBeHiddenAsync();
            await page.GetByTestId("panel-toggle").ClickAsync();
        }

        await Expect(page.GetByTestId("fault-duplicate")).ToBeInViewportAsync(new() { Ratio = 1 });
        await page.GetByTestId("resend").ScrollIntoViewIfNeededAsync();
        await Expect(page.GetByTestId("resend")).ToBeInViewportAsync(new() { Ratio = 1 });
        await page.Keyboard.PressAsync("Escape");
    }

    [SkippableFact]
    public async Task Page_asks_nothing_of_anybody_else_and_breaks_no_rule_of_its_own()
    {
        var page = await OpenAsync();
        List<string> asked = [], complaints = [];
        page.Request += (_, request) => asked.Add(request.Url);
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);

        await page.ReloadAsync();
        await SendAsync(page, "oi");
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(1);

        asked.ShouldAllBe(url => url.StartsWith(_host.Root.ToString(), StringComparison.Ordinal));
        complaints.ShouldBeEmpty();
    }

    private static async Task SendAsync(IPage page, string text)
    {
        await page.GetByTestId("message-input").FillAsync(text);
        await page.GetByTestId("message-input").PressAsync("Enter");
        await Expect(page.GetByTestId("bubble-out").Last.GetByTestId("ticks")).ToHaveAttributeAsync("data-state", Arrived());
    }

    private static string Chat(ReceivedWebhook webhook) => webhook.Payload.GetProperty("from").GetString()!;

    private async Task AnswerAsync(ReceivedWebhook webhook)
    {
        var chatId = Chat(webhook);
        await _host.CallAsync("api/sendSeen", new { session = "default", chatId });
        await _host.CallAsync("api/sendText", new { session = "default", chatId, text = $"eco: {webhook.Payload.GetProperty("body").GetString()}" });
    }

    private async Task<IPage> OpenAsync(int width = 1280, int height = 900)
    {
        var page = _page = await chromium.NewPageAsync(new() { Locale = "pt-BR", ViewportSize = new() { Width = width, Height = height } });
        await page.GotoAsync(new Uri(_host.Root, "simulator").ToString());
        await Expect(page.GetByTestId("presence")).ToHaveTextAsync("online");
        return page;
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    [GeneratedRegex("delivered|read", RegexOptions.None, 1000)]
    private static partial Regex Arrived();

    [GeneratedRegex("noopener", RegexOptions.None, 1000)]
    private static partial Regex NoOpener();
}
