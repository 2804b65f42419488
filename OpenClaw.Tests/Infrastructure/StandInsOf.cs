using Microsoft.Extensions.Options;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>Stand-ins for what is built by hand.</summary>
internal static class StandInsOf
{
    /// <summary>One session: nobody stands in for it, and nothing is asked.</summary>
    public static StandIns None(TimeProvider time) => new(null!, null!, IntegrationsOf.Process(), Options.Create(new WahaOptions()), Options.Create(new DeliveryOptions()), time);
}
