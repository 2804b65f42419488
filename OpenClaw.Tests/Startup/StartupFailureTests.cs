using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Tests.Startup;

public sealed class StartupFailureTests
{
    [Fact]
    public async Task A_run_that_ends_by_itself_says_nothing() =>
        (await RunAsync(() => Task.CompletedTask)).ShouldBe((0, ""));

    [Fact]
    public async Task A_busy_port_is_named_with_the_setting_that_changes_it()
    {
        await using var first = Build("http://127.0.0.1:0");
        await first.StartAsync();
        var port = new Uri(first.Urls.Single()).Port;

        var (code, text) = await RunAsync(() => RunHostAsync($"http://127.0.0.1:{port}"));

        code.ShouldBe(StartupFailure.MendableExitCode);
        text.ShouldBe($"OpenClaw cannot start: port {port} is already in use. Stop what listens there, or set ASPNETCORE_URLS to another address, for example http://localhost:{port + 1}.");
    }

    [Theory]
    [InlineData("http://192.0.2.1:5080", "this machine does not have the address that ASPNETCORE_URLS names")]
    [InlineData("localhost", "ASPNETCORE_URLS is not an address")]
    [InlineData("http://127.0.0.1:0/path", "ASPNETCORE_URLS must not hold a path")]
    [InlineData("https://127.0.0.1:0", "ASPNETCORE_URLS asks for https")]
    public async Task An_address_that_cannot_be_used_is_explained(string url, string sentence)
    {
        var (code, text) = await RunAsync(() => RunHostAsync(url));

        code.ShouldBe(StartupFailure.MendableExitCode);
        text.ShouldContain(sentence);
        text.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task Wrong_settings_end_before_anything_starts_with_a_sentence_each()
    {
        var (code, text) = await RunAsync(() => RunHostAsync("http://127.0.0.1:0", new("Waha:BaseURI", "x"), new("HostOptions:ShutdownTimeout", "soon")));

        code.ShouldBe(StartupFailure.MendableExitCode);
        text.ShouldContain("OpenClaw cannot start: HostOptions__ShutdownTimeout cannot be \"soon\".");
        text.ShouldContain("OpenClaw cannot start: Waha__BaseURI is not a setting.");
    }

    [Fact]
    public async Task Options_that_do_not_validate_speak_for_themselves()
    {
        var (code, text) = await RunAsync(() => RunHostAsync("http://127.0.0.1:0", new KeyValuePair<string, string?>("HostOptions:ShutdownTimeout", "00:00:00")));

        code.ShouldBe(StartupFailure.MendableExitCode);
        text.ShouldBe("OpenClaw cannot start: HostOptions__ShutdownTimeout must be longer than zero. Write a duration as hh:mm:ss, for example 00:00:30.");
    }

    [Fact]
    public async Task Several_faults_are_all_told_and_one_unknown_among_them_makes_it_unexpected()
    {
        Task Throw(params Exception[] exceptions) => throw new AggregateException(exceptions);
        var options = new OptionsValidationException("a", typeof(object), ["first.", "second."]);

        (await RunAsync(() => Throw(options, new StartupException("third.")))).Text
            .ReplaceLineEndings("|").ShouldBe("OpenClaw cannot start: first.|OpenClaw cannot start: second.|OpenClaw cannot start: third.");
        (await RunAsync(() => Throw(options, new ArithmeticException()))).Code.ShouldBe(StartupFailure.UnexpectedExitCode);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_names_the_data_directory()
    {
        var file = Path.GetTempFileName();
        try
        {
            var (code, text) = await RunAsync(() =>
            {
                Directory.CreateDirectory(Path.Combine(file, "data"));
                return Task.CompletedTask;
            });

            code.ShouldBe(StartupFailure.MendableExitCode);
            text.ShouldContain("Storage__DataDirectory");
            text.ShouldContain(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData(14, "cannot be opened or written")]
    [InlineData(8, "cannot be opened or written")]
    [InlineData(13, "disk of the data directory is full")]
    [InlineData(26, "damaged")]
    [InlineData(5, "locked by another process")]
    public async Task A_database_that_cannot_be_used_is_explained(int error, string sentence)
    {
        var (code, text) = await RunAsync(() => throw new InvalidOperationException("wrapped", new SqliteException("planted", error)));

        code.ShouldBe(StartupFailure.MendableExitCode);
        text.ShouldContain(sentence);
        text.ShouldContain("data");
        text.ShouldNotContain("planted");
    }

    [Fact]
    public async Task Missing_rights_are_explained_too()
    {
        (await RunAsync(() => throw new UnauthorizedAccessException("Access to the path '/srv/x' is denied."))).Text
            .ShouldBe("OpenClaw cannot start: the data directory cannot be written (Access to the path '/srv/x' is denied). Make it writable, or set Storage__DataDirectory to another folder.");
        (await RunAsync(() => throw new SocketException((int)SocketError.AccessDenied))).Text.ShouldContain("port above 1023");
        (await RunAsync(() => throw new IOException("The configured user limit (128) on the number of inotify instances has been reached."))).Text
            .ShouldContain("DOTNET_USE_POLLING_FILE_WATCHER=1");
    }

    [Fact]
    public async Task A_settings_file_that_is_not_JSON_is_named()
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.json");
        await File.WriteAllTextAsync(file, "{ no");
        try
        {
            var (_, text) = await RunAsync(() => Task.FromResult(new ConfigurationBuilder().AddJsonFile(file).Build()));

            text.ShouldContain(file);
            text.ShouldEndWith("Correct its JSON.");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task A_framework_setting_that_cannot_be_bound_is_named_without_its_value()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("HostOptions:ShutdownTimeout", "planted")]).Build();

        var (code, text) = await RunAsync(() => Task.FromResult(configuration.GetSection("HostOptions").Get<HostOptions>()));

        code.ShouldBe(StartupFailure.MendableExitCode);
        text.ShouldBe("OpenClaw cannot start: HostOptions__ShutdownTimeout has a value that cannot be read. Write one of type TimeSpan.");
    }

    [Fact]
    public async Task A_log_level_that_does_not_exist_is_explained()
    {
        var (code, text) = await RunAsync(() => RunHostAsync("http://127.0.0.1:0", new KeyValuePair<string, string?>("Logging:LogLevel:Default", "loud")));

        code.ShouldBe(StartupFailure.MendableExitCode);
        text.ShouldStartWith("OpenClaw cannot start: a Logging__LogLevel__ setting is not a level.");
    }

    [Fact]
    public async Task A_start_that_is_cut_short_leaves_no_stack_trace() =>
        (await RunAsync(() => throw new OperationCanceledException())).Text.ShouldBe("OpenClaw cannot start: it was stopped before it was ready.");

    [Fact]
    public async Task What_nobody_foresaw_keeps_its_text_for_the_log()
    {
        var (code, text) = await RunAsync(() => throw new ArithmeticException("planted"));

        code.ShouldBe(StartupFailure.UnexpectedExitCode);
        text.ShouldContain("unexpected error (ArithmeticException)");
        text.ShouldNotContain("planted");
    }

    [Theory]
    [InlineData("urls", "http://127.0.0.1:0")]
    [InlineData("http_ports", "0")]
    public void A_configured_address_wins_over_the_default(string key, string value)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration[key] = value;

        builder.AddHostSettings(5080);

        builder.Configuration["urls"].ShouldBe(key == "urls" ? value : null);
    }

    [Fact]
    public void Without_a_configured_address_the_default_is_used()
    {
        var builder = WebApplication.CreateSlimBuilder();

        builder.AddHostSettings(5080);

        builder.WebHost.GetSetting("urls").ShouldBe("http://localhost:5080");
        using var services = builder.Services.BuildServiceProvider();
        services.GetRequiredService<IOptions<HostOptions>>().Value.ShutdownTimeout.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_default_port_that_is_taken_is_passed_over_by_those_that_may_be_several()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var first = ((IPEndPoint)taken.LocalEndpoint).Port;
        await using var one = BuildNextFree(first);
        await using var two = BuildNextFree(first);

        await Task.WhenAll(one.StartAsync(), two.StartAsync());

        var ports = new[] { one, two }.Select(app => new Uri(app.Urls.Single()).Port).ToList();
        ports.ShouldBeUnique();
        ports.ShouldAllBe(port => port > first);
        using var http = new HttpClient();
        foreach (var port in ports)
            (await http.GetStringAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")))).ShouldBe("here");
    }

    private static WebApplication BuildNextFree(int first)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.AddHostSettings(first, orNextFree: true).Build();
        app.MapGet("/", () => "here");
        return app;
    }

    private static async Task<(int Code, string Text)> RunAsync(Func<Task> run)
    {
        await using var errors = new StringWriter();
        var code = await StartupFailure.RunAsync(run, errors);
        return (code, errors.ToString().Trim());
    }

    private static async Task RunHostAsync(string url, params KeyValuePair<string, string?>[] settings)
    {
        await using var app = Build(url, settings);
        await app.RunAsync();
    }

    private static WebApplication Build(string url, params KeyValuePair<string, string?>[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Configuration["urls"] = url;
        builder.AddHostSettings(5080);
        builder.Services.AddSingleton(new ServedOptions("Waha", typeof(OpenClaw.Core.WhatsApp.WahaOptions)));
        return builder.BuildChecked();
    }
}
