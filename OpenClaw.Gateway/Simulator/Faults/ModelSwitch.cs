using OpenClaw.Gateway.Simulator.Waha;
using OpenClaw.Worker.Models;

namespace OpenClaw.Gateway.Simulator.Faults;

/// <summary>Makes the model slow or lets it fail, as long as the page says so.</summary>
internal sealed class ModelSwitch(FaultTimes times, TimeProvider time) : IModelFault
{
    /// <summary>While it lasts, a call of the model does not begin to answer.</summary>
    public Outage Slow { get; } = new(times.SlowModel, time);

    /// <summary>While it lasts, a call of the model fails as if its server answered 503.</summary>
    public Outage Failing { get; } = new(times.FailingModel, time);

    public Task BeforeCallAsync(CancellationToken cancellationToken) => Failing.IsOn
        ? Task.FromException(new ModelException(ModelFailure.Unavailable, status: StatusCodes.Status503ServiceUnavailable))
        : Slow.Over.WaitAsync(cancellationToken);
}
