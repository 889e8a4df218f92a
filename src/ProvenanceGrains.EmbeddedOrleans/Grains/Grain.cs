using System.Diagnostics.CodeAnalysis;
using Orleans.Runtime;
using ProvenanceGrains.EmbeddedOrleans.Activations;

namespace Orleans;

/// <summary>The base class of grains.</summary>
public abstract class Grain : IGrainBase, IAddressable
{
    protected Grain()
        : this(Activation.Current
            ?? throw new InvalidOperationException("A grain is made by the runtime, not with new."))
    {
    }

    protected Grain(IGrainContext grainContext) => GrainContext = grainContext;

    /// <summary>This activation.</summary>
    public IGrainContext GrainContext { get; }

    /// <summary>Makes references to other grains.</summary>
    protected IGrainFactory GrainFactory => ((Activation)GrainContext).Silo;

    /// <summary>This activation's scope of the host's services.</summary>
    protected internal IServiceProvider ServiceProvider => GrainContext.ActivationServices;

    /// <summary>Runs before the first call; a failure here fails the calls that wait.</summary>
    [SuppressMessage("Naming", "CA1725", Justification = "Orleans names it so.")]
    public virtual Task OnActivateAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Runs after the last call, when there is time for it: a killed process runs none.</summary>
    [SuppressMessage("Naming", "CA1725", Justification = "Orleans names it so.")]
    public virtual Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken) =>
        Task.CompletedTask;

    /// <summary>Deactivates when the running calls have ended; waiting calls go to the next activation.</summary>
    protected void DeactivateOnIdle() => GrainBaseExtensions.DeactivateOnIdle(this);

    /// <summary>Keeps this activation from being collected for a time; zero or less takes that back.</summary>
    protected void DelayDeactivation(TimeSpan timeSpan) => ((Activation)GrainContext).KeepAlive(timeSpan);
}
