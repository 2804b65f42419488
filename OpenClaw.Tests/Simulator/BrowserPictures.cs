using Microsoft.Playwright;

namespace OpenClaw.Tests.Simulator;

/// <summary>
/// What a person saw at the end of a test, on a desk and on a phone: <c>&lt;test&gt;-desktop.png</c> and <c>&lt;test&gt;-phone.png</c> in the folder that
/// <c>OPENCLAW_SCREENSHOTS</c> names; without it nothing is saved.
/// </summary>
internal static class BrowserPictures
{
    private const string Variable = "OPENCLAW_SCREENSHOTS";

    public static async Task SaveAsync(IPage page, string test)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder)
            return;
        await SaveAsync(page, 1280, 900, Path.Combine(folder, test + "-desktop.png"));
        await SaveAsync(page, 390, 844, Path.Combine(folder, test + "-phone.png"));
    }

    private static async Task SaveAsync(IPage page, int width, int height, string file)
    {
        await page.SetViewportSizeAsync(width, height);
        await page.ScreenshotAsync(new() { Path = file, Animations = ScreenshotAnimations.Disabled });
    }
}
