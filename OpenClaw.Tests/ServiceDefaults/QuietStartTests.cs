using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using OpenClaw.ServiceDefaults;

namespace OpenClaw.Tests.ServiceDefaults;

public sealed class QuietStartTests
{
    [Fact]
    public void Without_a_collector_the_telemetry_SDK_is_not_even_loaded()
    {
        LoadedFor("").ShouldNotContain(name => name.StartsWith("OpenTelemetry", StringComparison.Ordinal));
        LoadedFor("http://127.0.0.1:9").ShouldContain("OpenTelemetry");
    }

    private static IEnumerable<string> LoadedFor(string endpoint)
    {
        var context = new RecordingContext();
        try
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] = endpoint;
            context.LoadFromAssemblyPath(typeof(ServiceDefaultsExtensions).Assembly.Location)
                .GetType(typeof(ServiceDefaultsExtensions).FullName!)!
                .GetMethod(nameof(ServiceDefaultsExtensions.AddServiceDefaults))!
                .CreateDelegate<Func<IHostApplicationBuilder, IHostApplicationBuilder>>()(builder);
            return context.Asked;
        }
        finally
        {
            context.Unload();
        }
    }

    /// <summary>Loads a second copy of the assembly and sees which others it asks for.</summary>
    private sealed class RecordingContext() : AssemblyLoadContext(isCollectible: true)
    {
        public ConcurrentBag<string> Asked { get; } = [];

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            Asked.Add(assemblyName.Name!);
            return null;
        }
    }
}
