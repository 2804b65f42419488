using Microsoft.Extensions.AI;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Core.Storage;

namespace OpenClaw.Gateway.Simulator.Faults;

/// <summary>
/// What the fault panel may look at in the product behind the simulator, to tell what really happened. Asked for when it is needed: the
/// page is mapped before the data is opened, which only the start may do.
/// </summary>
internal sealed class ProductView(IServiceProvider services, IServiceProviderIsService known)
{
    /// <summary>Whether a model is called from this process.</summary>
    public bool HasModel => known.IsService(typeof(IChatClient));

    /// <summary>Whether the data lies in a SQLite file, which another program can lock.</summary>
    public bool HasFile => known.IsService(typeof(IDatabase)) && services.GetService<Deployment>() is { UsesServer: false };

    /// <summary>The main SQLite file.</summary>
    public string DatabaseFile => services.GetRequiredService<IDatabase>().Read(
        sql => sql.QueryFirst("SELECT file FROM pragma_database_list WHERE name = 'main'", row => row.GetString(0))) ?? "";

    /// <summary>The way of a message so far; null when it is not known, or cannot be read now.</summary>
    public Journey? JourneyOf(string session, string rawId)
    {
        try
        {
            return services.GetService<JourneyStore>()?.Received(session, rawId);
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    /// <summary>The breaker before a WAHA session.</summary>
    public IntegrationStatus? BreakerOf(string session) => services.GetService<IntegrationRegistry>()?.Waha(session).Status;
}
