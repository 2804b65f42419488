using System.Runtime.CompilerServices;
using Microsoft.Playwright;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Tests.Simulator;

/// <summary>Every button of the fault panel in a real Chromium, in front of the whole product: what a person sees.</summary>
public sealed class FaultBrowserTests(ChromiumBrowser chromium) : IClassFixture<ChromiumBrowser>, IAsyncLifetime
{
    private SimulatorApp _app = null!;
    private IPage? _page;
    private string _test = "";

    public async Task InitializeAsync() => _app = await SimulatorApp.StartAsync(null, ("Turns__MaxAttempts", "100"));

    public async Task DisposeAsync()
    {
        if (_page is not null)
        {
            await BrowserPictures.SaveAsync(_page, _test);
            await _page.CloseAsync();
        }

        await _app.DisposeAsync();
    }

    [SkippableFact]
    public async Task Duplicate_webhook_is_shown_as_recognised()
    {
        var page = await OpenAsync();
        await page.GetByTestId("fault-duplicate").ClickAsync();
        await Expect(page.GetByTestId("fault-result")).ToContainTextAsync("primeiro");
        await page.GetByTestId("suggestion").First.ClickAsync();
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(1);

        await page.GetByTestId("fault-duplicate").ClickAsync();

        await Expect(Notice(page, "duplicate.seen")).ToContainTextAsync("O webhook chegou duas vezes. O Gateway respondeu 202");
        await Expect(page.GetByTestId("fault-result")).ToHaveTextAsync("");
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(1);
    }

    [SkippableFact]
    public async Task Message_from_a_hidden_id_is_shown_as_the_same_person()
    {
        var page = await OpenAsync();

        await page.GetByTestId("fault-lid").ClickAsync();

        await Expect(Notice(page, "lid.known")).ToContainTextAsync("100000000000001@lid");
        await Expect(Notice(page, "lid.known")).ToContainTextAsync("é Ana");
        await IsAnsweredOnceAsync(page);
    }

    [SkippableFact]
    public async Task Group_message_to_the_bot_leads_to_the_group_and_is_answered_there()
    {
        var page = await OpenAsync();

        await page.GetByTestId("fault-group").ClickAsync();

        await Expect(page.GetByTestId("person-group")).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("Grupo de teste");
        await Expect(Notice(page, "group.taken")).ToHaveCountAsync(1);
        await IsAnsweredOnceAsync(page);
        await page.GetByTestId("person-ana").ClickAsync();
        await Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToHaveTextAsync("OpenClaw");
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task Group_message_to_others_is_left_alone()
    {
        var page = await OpenAsync();

        await page.GetByTestId("fault-group-aside").ClickAsync();

        await Expect(Notice(page, "group.ignored")).ToContainTextAsync("não responde e não guarda o texto");
        await Expect(page.GetByTestId("bubble-out")).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task Dropped_link_holds_the_answer_until_a_second_press()
    {
        var page = await OpenAsync();

        await page.GetByTestId("fault-link").ClickAsync();

        await Expect(Notice(page, "link.on")).ToContainTextAsync("sessão FAILED");
        await Expect(Notice(page, "send.refused").First).ToContainTextAsync("422, tentativa 1");
        await EndAsync(page, "fault-link");
        await Expect(Notice(page, "link.off")).ToHaveCountAsync(1);
        await IsAnsweredOnceAsync(page);
    }

    [SkippableFact]
    public async Task Slow_model_is_waited_for()
    {
        var page = await OpenAsync();

        await page.GetByTestId("fault-slow-model").ClickAsync();

        await Expect(Notice(page, "slow-model.waits")).ToContainTextAsync("A mensagem está salva");
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(0);
        await EndAsync(page, "fault-slow-model");
        await IsAnsweredOnceAsync(page);
    }

    [SkippableFact]
    public async Task Failing_model_is_tried_again()
    {
        var page = await OpenAsync();

        await page.GetByTestId("fault-failing-model").ClickAsync();

        await Expect(Notice(page, "attempt.failed").First).ToContainTextAsync("falhou");
        await EndAsync(page, "fault-failing-model");
        await IsAnsweredOnceAsync(page);
    }

    [SkippableFact]
    public async Task Locked_database_makes_waha_send_again()
    {
        var page = await OpenAsync();

        await page.GetByTestId("fault-database").ClickAsync();

        await Expect(Notice(page, "webhook.refused").First).ToContainTextAsync("respondeu 503");
        await EndAsync(page, "fault-database");
        await Expect(Notice(page, "webhook.stored")).ToContainTextAsync("não se perdeu");
        await IsAnsweredOnceAsync(page);
    }

    [SkippableFact]
    public async Task Human_takes_the_chat_over_and_gives_it_back()
    {
        var page = await OpenAsync();

        await page.GetByTestId("fault-human").ClickAsync();
        await Expect(Notice(page, "human.silent")).ToContainTextAsync("fica em silêncio");
        await Expect(page.GetByTestId("bubble-in")).ToContainTextAsync(["Aqui é uma pessoa"]);
        await page.GetByTestId("fault-bot-on").ClickAsync();

        await Expect(Notice(page, "answered.once")).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(3);
    }

    [SkippableFact]
    public async Task Lines_stand_where_they_were_after_a_reload_in_the_readers_language()
    {
        var page = await OpenAsync(locale: "en-GB");
        await page.GetByTestId("fault-lid").ClickAsync();
        await IsAnsweredOnceAsync(page);
        var before = await page.Locator("#messages > *").EvaluateAllAsync<string[]>("lines => lines.map(line => line.dataset.testid ?? 'day')");

        await page.ReloadAsync();

        await Expect(Notice(page, "lid.known")).ToContainTextAsync("this is Ana");
        await Expect(Notice(page, "answered.once")).ToHaveCountAsync(1);
        (await page.Locator("#messages > *").EvaluateAllAsync<string[]>("lines => lines.map(line => line.dataset.testid ?? 'day')")).ShouldBe(before);
    }

    [SkippableFact]
    public async Task Button_that_is_on_is_on_in_every_window_and_keeps_the_focus()
    {
        var page = await OpenAsync();
        var button = page.GetByTestId("fault-slow-model");
        await button.FocusAsync();

        await page.Keyboard.PressAsync("Enter");

        await Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        await Expect(button).ToBeFocusedAsync();
        await page.GetByTestId("person-bob").ClickAsync();
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "true");
        await button.FocusAsync();
        await page.Keyboard.PressAsync("Space");
        await Expect(button).ToHaveAttributeAsync("aria-pressed", "false");
    }

    [SkippableFact]
    public async Task Buttons_have_names_and_descriptions()
    {
        var page = await OpenAsync();

        foreach (var name in (string[])["Webhook duplicado", "Mensagem de um @lid", "Grupo: com o bot", "Grupo: sem o bot", "Derrubar a conexão", "Modelo lento", "Modelo com falha", "Banco travado", "Uma pessoa responde", "/bot on no celular"])
        {
            var button = page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });
            await Expect(button).ToHaveCountAsync(1);
            await Assertions.Expect(button).ToHaveAccessibleDescriptionAsync(new System.Text.RegularExpressions.Regex(".{15,}", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)));
        }
    }

    [SkippableTheory]
    [InlineData(360, 640)]
    [InlineData(390, 844)]
    public async Task On_a_phone_the_chat_stays_in_sight_beside_the_panel(int width, int height)
    {
        var page = await OpenAsync(width, height);
        await page.GetByTestId("panel-toggle").ClickAsync();

        await page.GetByTestId("fault-lid").ClickAsync();

        await Expect(Notice(page, "answered.once")).ToBeInViewportAsync(new() { Ratio = 1 });
        foreach (var fault in await page.Locator("[data-fault]").AllAsync())
        {
            await fault.ScrollIntoViewIfNeededAsync();
            await Expect(fault).ToBeInViewportAsync(new() { Ratio = 1 });
        }

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
        await page.Keyboard.PressAsync("Escape");
        await Expect(page.GetByTestId("send")).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(page.GetByTestId("panel-toggle")).ToBeFocusedAsync();
    }

    /// <summary>A second press of a button that is on.</summary>
    private static async Task EndAsync(IPage page, string button)
    {
        await Expect(page.GetByTestId(button)).ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByTestId(button).ClickAsync();
        await Expect(page.GetByTestId(button)).ToHaveAttributeAsync("aria-pressed", "false");
    }

    private static async Task IsAnsweredOnceAsync(IPage page)
    {
        await Expect(Notice(page, "answered.once")).ToHaveCountAsync(1);
        await Expect(page.GetByTestId("bubble-in")).ToHaveCountAsync(1);
    }

    private static ILocator Notice(IPage page, string code) => page.Locator($"[data-testid=notice][data-code='{code}']");

    private async Task<IPage> OpenAsync(int width = 1280, int height = 900, string locale = "pt-BR", [CallerMemberName] string test = "")
    {
        _test = test;
        var page = _page = await chromium.NewPageAsync(new() { Locale = locale, ViewportSize = new() { Width = width, Height = height } });
        await page.GotoAsync(new Uri(_app.Root, "simulator").ToString());
        await Expect(page.GetByTestId("presence")).ToHaveTextAsync("online");
        return page;
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);
}
