using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;

namespace OpenClaw.Tests.Startup;

public sealed class StartupReportTests
{
    private static readonly StartupFacts Facts = new()
    {
        Urls = ["http://localhost:5080"],
        Pages = [("Simulator", "/simulator")],
        Mode = "all-in-one",
        Model = "offline brain (rule-based)",
        Waha = "built-in simulator",
        DataDirectory = "/srv/openclaw/data",
        NextSteps = ["open {address}/simulator and write \"que horas são?\""],
    };

    [Fact]
    public void A_first_start_leads_to_the_simulator()
    {
        var text = StartupReport.Build(Facts);

        text.ReplaceLineEndings("\n").ShouldBe("""

            OpenClaw is ready.

              Address     http://localhost:5080
              Simulator   http://localhost:5080/simulator
              Mode        all-in-one
              Model       offline brain (rule-based)
              WAHA        built-in simulator
              Data        /srv/openclaw/data
              Settings    all defaults
              Next        open http://localhost:5080/simulator and write "que horas são?"

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Settings_warnings_and_next_steps_have_a_line_each()
    {
        var text = StartupReport.Build(Facts with
        {
            Pages = [],
            Waha = "http://waha:3000",
            Settings = [new("Access__Mode", "Open", "environment variable"), new("Waha__ApiKey", "(set, hidden)", "appsettings.json")],
            Warnings = ["Anybody may write to the bot (Access__Mode=Open)."],
            NextSteps = ["register http://localhost:5080/webhooks/waha in WAHA", "write to the bot's number"],
        });

        text.ShouldContain("Settings    Access__Mode = Open (environment variable)");
        text.ShouldContain("              Waha__ApiKey = (set, hidden) (appsettings.json)");
        text.ShouldContain("Warning     Anybody may write to the bot");
        text.ShouldContain("Next        register http://localhost:5080/webhooks/waha in WAHA");
        text.ShouldNotContain("/simulator");
    }

    [Fact]
    public void A_split_system_also_says_where_Redis_and_the_database_are()
    {
        var text = StartupReport.Build(Facts with { Mode = "worker of a split system", Redis = "redis:6379", Database = "PostgreSQL, db:5432/openclaw" });

        text.ReplaceLineEndings("\n").ShouldContain("""
              Mode        worker of a split system
              Redis       redis:6379
              Database    PostgreSQL, db:5432/openclaw
              Model       offline brain (rule-based)
            """.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("http://[::]:5080", "http://localhost:5080")]
    [InlineData("http://0.0.0.0:8080/", "http://localhost:8080")]
    [InlineData("http://+:80", "http://localhost:80")]
    [InlineData("http://127.0.0.1:5080", "http://127.0.0.1:5080")]
    public void Addresses_are_shown_so_that_a_browser_opens_them(string url, string shown) =>
        StartupReport.Build(Facts with { Urls = [url] }).ShouldContain($"Address     {shown}{Environment.NewLine}");

    [Fact]
    public void The_talk_is_plain_lines_that_end_with_the_report()
    {
        using var writer = new StringWriter();
        var talk = new StartupTalk(writer);

        talk.Phase("opening the database");
        talk.Ready(Facts);

        writer.ToString().ShouldStartWith($"… opening the database{Environment.NewLine}");
        writer.ToString().ShouldEndWith(StartupReport.Build(Facts) + Environment.NewLine);
    }
}
