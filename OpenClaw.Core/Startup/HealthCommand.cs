using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Startup;

/// <summary>
/// <c>health</c> on the command line of a host: asks <c>/health</c> of the process that was started with the same settings, prints a line and ends with 0
/// (healthy or degraded) or 1. For containers, which have neither a shell nor curl.
/// </summary>
/// <param name="defaultPort">Where the host listens when nothing says otherwise.</param>
/// <param name="output">Takes the line.</param>
public sealed class HealthCommand(int defaultPort, TextWriter output)
{
    /// <summary>The first word of the command line.</summary>
    public const string Name = "health";

    // The check of the database alone may take 5 s.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    /// <param name="arguments">What follows the command's name: settings, <c>--urls=http://127.0.0.1:5090</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken = default)
    {
        if (Address(arguments) is not { } address)
        {
            await output.WriteLineAsync("unknown: no fixed http address is configured; set ASPNETCORE_URLS to one, for example http://127.0.0.1:5080");
            return 1;
        }

        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Patience };
        try
        {
            using var response = await http.GetAsync(new Uri(address, "health"), cancellationToken);
            await output.WriteLineAsync(Describe(response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellationToken)));
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
        {
            await output.WriteLineAsync($"no answer from {address}health");
            return 1;
        }
    }

    private Uri? Address(string[] arguments)
    {
        // ASP.NET Core reads its own settings with and without the prefix.
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables("ASPNETCORE_").AddEnvironmentVariables().AddCommandLine(arguments).Build();
        return configuration.ConfiguredUrls(defaultPort).Select(Reachable).FirstOrDefault(static address => address is not null);
    }

    private static Uri? Reachable(string url)
    {
        BindingAddress binding;
        try
        {
            binding = BindingAddress.Parse(url);
        }
        catch (FormatException)
        {
            return null;
        }

        if (binding.IsUnixPipe || binding.IsNamedPipe || binding.Port == 0 || binding.Scheme != Uri.UriSchemeHttp)
            return null;
        var isOneAddress = binding.Host == "localhost" || (IPAddress.TryParse(binding.Host, out var ip) && !ip.Equals(IPAddress.Any) && !ip.Equals(IPAddress.IPv6Any));
        return new UriBuilder(binding.Scheme, isOneAddress ? binding.Host : "127.0.0.1", binding.Port).Uri;
    }

    // Only fixed words: docker keeps the line and shows it to whoever may inspect the container.
    private static string Describe(HttpStatusCode code, byte[] body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            var troubled = json.RootElement.GetProperty("checks").EnumerateArray()
                .Where(static check => check.GetProperty("status").GetString() != "healthy")
                .Select(static check => check.GetProperty("name").GetString());
            return string.Join(": ", new[] { json.RootElement.GetProperty("status").GetString(), string.Join(", ", troubled) }.Where(static part => part is { Length: > 0 }));
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return $"not an OpenClaw: it answered {(int)code}";
        }
    }
}
