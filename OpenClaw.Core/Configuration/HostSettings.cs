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

    /// <summary>Listens on <paramref name="defaultUrl"/> when nothing says otherwise, and binds section <c>HostOptions</c>.</summary>
    public static WebApplicationBuilder AddHostSettings(this WebApplicationBuilder builder, string defaultUrl)
    {
        var isSet = AddressKeys.Any(key => !string.IsNullOrWhiteSpace(builder.Configuration[key]))
            || builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any();
        if (!isSet)
            builder.WebHost.UseUrls(defaultUrl);

        builder.Services.AddServedOptions<HostOptions>("HostOptions").Validate(
            static host => host.ShutdownTimeout > TimeSpan.Zero,
            "HostOptions__ShutdownTimeout must be longer than zero. Write a duration as hh:mm:ss, for example 00:00:30.");
        return builder;
    }

    /// <summary>
    /// Builds the host after refusing settings that are unknown, unreadable or invalid, before anything is opened or written.
    /// Call it once everything is registered.
    /// </summary>
    /// <exception cref="StartupException">With a sentence for each key that is unknown or unreadable.</exception>
    /// <exception cref="OptionsValidationException">With the sentences of the options classes.</exception>
    public static WebApplication BuildChecked(this WebApplicationBuilder builder)
    {
        // Before the build: the host itself binds HostOptions while it is made.
        var served = builder.Services.Select(static service => service.IsKeyedService ? null : service.ImplementationInstance).OfType<ServedOptions>();
        if (SettingsCheck.Find(builder.Configuration, served) is { Count: > 0 } sentences)
            throw new StartupException(sentences);

        var app = builder.Build();

        // The host would do this too, but only while it starts, after the first lines of the start were written.
        app.Services.GetService<IStartupValidator>()?.Validate();
        return app;
    }
}
