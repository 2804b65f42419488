using Microsoft.Playwright;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Simulator;

/// <summary>One real Chromium for a class of tests. Where it is not installed the tests are skipped, except in CI on Linux, where they fail.</summary>
public sealed class ChromiumBrowser : IAsyncLifetime
{
    private const string Path = "/usr/bin/chromium";
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async Task InitializeAsync()
    {
        // A busy machine may take long for a page; what never comes still fails.
        Assertions.SetDefaultExpectTimeout(30_000);
        if (!File.Exists(Path))
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Path,
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync",
            ],
        });
    }

    /// <summary>An empty page with cookies and storage of its own.</summary>
    public async Task<IPage> NewPageAsync(BrowserNewPageOptions options)
    {
        if (_browser is null)
        {
            RealServers.MustBeHere.ShouldBeFalse($"CI has to have {Path}: install the chromium package.");
            Skip.If(true, $"{Path} is not installed.");
        }

        return await _browser!.NewPageAsync(options);
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
