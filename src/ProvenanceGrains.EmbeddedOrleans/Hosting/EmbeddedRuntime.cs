using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using ProvenanceGrains.EmbeddedOrleans.Reminders;

namespace ProvenanceGrains.EmbeddedOrleans.Hosting;

/// <summary>What the host says of its actor runtime, and what only this runtime has.</summary>
public static class EmbeddedRuntime
{
    /// <summary>For the start-up log, <c>/health</c> and <c>--version</c>.</summary>
    public const string Name = "Embedded (in-process stand-in, not Orleans)";

    /// <summary>Keeps reminders in a store, such as <see cref="FileReminderStore"/>, so that they survive a restart.</summary>
    public static ISiloBuilder UseEmbeddedReminderStore(this ISiloBuilder builder, IReminderStore store)
    {
        builder.Services.Replace(ServiceDescriptor.Singleton(store));
        return builder;
    }
}
