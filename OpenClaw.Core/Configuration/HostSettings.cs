using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Configuration;

/// <summary>The settings of a process itself: where it listens, how long it drains, and that all of them make sense.</summary>
public static class HostSettings
{
    private static readonly string[] AddressKeys = ["urls", "http_ports", "https_ports"];

    /// <summary>
    /// Listens on <paramref name="defaultPort"/> of this machine when nothing says otherwise, and binds section <c>HostOptions</c>. Before anything that asks where
    /// WAHA is: what service discovery says about it is taken in here.
    /// </summary>
    /// <param name="builder">The host.</param>
    /// <param name="defaultPort">For example 5080.</param>
    /// <param name="orNextFree">Whether a default port that is taken is passed over: several of these processes run on one machine.</param>
    public static WebApplicationBuilder AddHostSettings(this WebApplicationBuilder builder, int defaultPort, bool orNextFree = false)
    {
        DiscoveredSettings.AddTo(builder.Configuration);
        var isSet = AddressKeys.Any(key => !string.IsNullOrWhiteSpace(builder.Configuration[key]))
            || builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
        if (!isSet && orNextFree)
            builder.WebHost.UseNextFreePort(defaultPort);
        else if (!isSet)
            builder.WebHost.UseUrls(DefaultUrl(defaultPort));

        builder.Services.AddServedOptions<HostOptions>("HostOptions").Validate(
            static host => host.ShutdownTimeout > TimeSpan.Zero,
            "HostOptions__ShutdownTimeout must be longer than zero. Write a duration as hh:mm:ss, for example 00:00:30.");
        return builder;
    }

    /// <summary>Every address that Kestrel may take, wherever it is written: what is checked must be what is opened.</summary>
    /// <param name="app">The host.</param>
    /// <param name="defaultPort">As given to <see cref="AddHostSettings"/>.</param>
    public static IReadOnlyList<string> ConfiguredUrls(this WebApplication app, int defaultPort) =>
        app.Urls.Count == 0 ? app.Configuration.ConfiguredUrls(defaultPort) : [.. Endpoints(app.Configuration), .. app.Urls];

    /// <summary>The same for a host that is not built.</summary>
    /// <param name="configuration">Its settings.</param>
    /// <param name="defaultPort">As given to <see cref="AddHostSettings"/>.</param>
    public static IReadOnlyList<string> ConfiguredUrls(this IConfiguration configuration, int defaultPort)
    {
        IEnumerable<string> urls = configuration["urls"] is { Length: > 0 } listed ? listed.Split(';')
            : configuration["http_ports"] is { Length: > 0 } ports ? ports.Split(';').Select(port => $"http://*:{port}")
            : [DefaultUrl(defaultPort)];
        return [.. Endpoints(configuration), .. urls];
    }

    private static IEnumerable<string> Endpoints(IConfiguration configuration) =>
        configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"]).OfType<string>();

    private static string DefaultUrl(int port) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");

    /// <summary>
    /// Builds the host after refusing settings that are unknown, unreadable or invalid, before anything is opened or written.
    /// Call it once everything is registered.
    /// </summary>
    /// <exception cref="StartupException">With a sentence for each key that is unknown, unreadable, or missing in split mode.</exception>
    /// <exception cref="OptionsValidationException">With the sentences of the options classes.</exception>
    public static WebApplication BuildChecked(this WebApplicationBuilder builder)
    {
        // Before the build: the host itself binds HostOptions while it is made.
        var served = builder.Services.Select(static service => service.IsKeyedService ? null : service.ImplementationInstance).OfType<ServedOptions>();
        List<string> sentences = [.. SettingsCheck.Find(builder.Configuration, served), .. SplitMode.Missing(builder.Configuration)];
        if (sentences.Count > 0)
            throw new StartupException(sentences);

        var app = builder.Build();

        // The host would do this too, but only while it starts, after the first lines of the start were written.
        app.Services.GetService<IStartupValidator>()?.Validate();
        return app;
    }
}
