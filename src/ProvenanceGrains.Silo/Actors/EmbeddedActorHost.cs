using Orleans.Configuration;
using ProvenanceGrains.EmbeddedOrleans.Hosting;

namespace ProvenanceGrains.Silo.Actors;

/// <summary>The embedded runtime: this process alone. Built with <c>ActorRuntime=Embedded</c>.</summary>
internal static class ActorHost
{
    public static string RuntimeName => EmbeddedRuntime.Name;

    /// <remarks>A journal's grain holds nothing that its store does not: it may go soon, and memory stays flat.</remarks>
    public static void Add(WebApplicationBuilder builder) => builder.UseOrleans(silo => silo
        .UseLocalhostClustering()
        .Configure<GrainCollectionOptions>(options =>
        {
            options.CollectionAge = TimeSpan.FromMinutes(1);
            options.CollectionQuantum = TimeSpan.FromSeconds(10);
        }));
}
