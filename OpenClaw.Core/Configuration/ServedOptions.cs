using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Configuration;

/// <summary>
/// One options class that this process serves. The list of all of them is what the start-up check holds the configuration
/// against: a key below one of our sections that no class has is refused by name, so a typo never goes unnoticed.
/// </summary>
/// <param name="Section">Configuration section, colon form, for example <c>Ai:Main</c>.</param>
/// <param name="Type">The options class; its settable public properties are the keys.</param>
public sealed record ServedOptions(string Section, Type Type);

/// <summary>Registration of options classes that are validated when the host starts.</summary>
public static class ServedOptionsExtensions
{
    /// <summary>Binds <typeparamref name="TOptions"/> to <paramref name="section"/>, validates it on start and lists it as served.</summary>
    public static OptionsBuilder<TOptions> AddServedOptions<TOptions>(this IServiceCollection services, string section)
        where TOptions : class
    {
        services.AddSingleton(new ServedOptions(section, typeof(TOptions)));
        return services.AddOptions<TOptions>().BindConfiguration(section).ValidateOnStart();
    }
}
