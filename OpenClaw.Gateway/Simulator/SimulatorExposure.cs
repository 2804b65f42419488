using Microsoft.AspNetCore.Http;

namespace OpenClaw.Gateway.Simulator;

/// <summary>Refuses to serve the simulator, which has no login, where others could reach it.</summary>
internal static class SimulatorExposure
{
    /// <param name="urls">Addresses to listen on, as in <c>ASPNETCORE_URLS</c>; one entry may hold several, split by <c>;</c>.</param>
    /// <param name="options">What was allowed by name.</param>
    /// <returns>A sentence that says what to change, or null when every address is this machine's own or public ones are allowed.</returns>
    public static string? Verify(IEnumerable<string> urls, SimulatorOptions options)
    {
        if (options.AllowPublic)
            return null;

        var exposed = FirstPublic(urls);
        return exposed is null
            ? null
            : $"No WAHA is configured, so the simulator would answer anybody who reaches {exposed}: listen on http://localhost:5080, "
              + "connect a WAHA with Waha__BaseUrl, or set Simulator__AllowPublic=true to open it to others.";
    }

    /// <summary>The first address that others than this machine could reach, or null.</summary>
    public static string? FirstPublic(IEnumerable<string> urls) => urls
        .SelectMany(url => url.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        .FirstOrDefault(IsPublic);

    private static bool IsPublic(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return !address.IsUnixPipe && !address.IsNamedPipe && !LoopbackHost.Is(address.Host);
        }
        catch (FormatException)
        {
            // Kestrel refuses it a moment later, in its own words.
            return false;
        }
    }
}
