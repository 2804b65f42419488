using Microsoft.AspNetCore.Builder;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Startup;

/// <summary>What one kind of process does around its run.</summary>
public interface IProcessStart
{
    /// <summary>Before anything of the host starts: refuse what is dangerous, open the data, clear up.</summary>
    /// <exception cref="StartupException">Something must be changed first.</exception>
    Task PrepareAsync(WebApplication app, StartupTalk talk, CancellationToken cancellationToken);

    /// <summary>Once the server listens.</summary>
    StartupFacts Facts();

    /// <summary>After everything stopped. Never throws.</summary>
    Task FinishAsync();
}
