using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OpenClaw.ServiceDefaults.Logs;

namespace OpenClaw.Tests.ServiceDefaults;

public sealed class JsonLogsTests
{
    [Fact]
    public void Lines_are_JSON_with_scopes_and_UTC_times()
    {
        using var services = Build([]);

        services.GetServices<ILoggerProvider>().ShouldHaveSingleItem().ShouldBeOfType<ConsoleLoggerProvider>();
        services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName.ShouldBe(ConsoleFormatterNames.Json);
        services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.LogToStandardErrorThreshold.ShouldBe(LogLevel.None);
        var format = services.GetRequiredService<IOptions<JsonConsoleFormatterOptions>>().Value;
        format.IncludeScopes.ShouldBeTrue();
        format.UseUtcTimestamp.ShouldBeTrue();
        format.JsonWriterOptions.Indented.ShouldBeFalse();
    }

    [Theory]
    [InlineData("OpenClaw.Worker.Inbox", LogLevel.Information, true)]
    [InlineData("OpenClaw.Worker.Inbox", LogLevel.Debug, false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Information, false)]
    [InlineData("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning, true)]
    [InlineData("System.Net.Http.HttpClient.waha", LogLevel.Information, false)]
    [InlineData("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Error, false)]
    [InlineData("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical, true)]
    public void Levels_are_quiet_about_the_web_stack_by_default(string category, LogLevel level, bool written)
    {
        using var services = Build([]);

        services.GetRequiredService<ILoggerFactory>().CreateLogger(category).IsEnabled(level).ShouldBe(written);
    }

    [Fact]
    public void The_configuration_overrides_the_default_levels()
    {
        using var services = Build(new(StringComparer.Ordinal)
        {
            ["Logging:LogLevel:Default"] = "Debug",
            ["Logging:LogLevel:Microsoft.AspNetCore"] = "Information",
        });
        var factory = services.GetRequiredService<ILoggerFactory>();

        factory.CreateLogger("OpenClaw.Core").IsEnabled(LogLevel.Debug).ShouldBeTrue();
        factory.CreateLogger("Microsoft.AspNetCore.Hosting").IsEnabled(LogLevel.Information).ShouldBeTrue();
        factory.CreateLogger("System.Net.Http").IsEnabled(LogLevel.Information).ShouldBeFalse();
    }

    private static ServiceProvider Build(Dictionary<string, string?> settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        return new ServiceCollection()
            .AddLogging(logging => logging.AddConfiguration(configuration.GetSection("Logging")).AddJsonLogs())
            .BuildServiceProvider();
    }
}
