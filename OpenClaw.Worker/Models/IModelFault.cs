namespace OpenClaw.Worker.Models;

/// <summary>Makes the model misbehave on purpose. Only the simulator brings one; without it there is nothing around the model.</summary>
internal interface IModelFault
{
    /// <summary>Returns when the model may begin to answer.</summary>
    /// <exception cref="ModelException">The call is to fail.</exception>
    Task BeforeCallAsync(CancellationToken cancellationToken);
}
