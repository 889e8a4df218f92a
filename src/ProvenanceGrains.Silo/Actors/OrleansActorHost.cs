using Orleans.Configuration;

namespace ProvenanceGrains.Silo.Actors;

/// <summary>Microsoft Orleans, one silo of a local cluster. Built with <c>ActorRuntime=Orleans</c>.</summary>
internal static class ActorHost
{
    public static string RuntimeName => "Microsoft Orleans " + typeof(Grain).Assembly.GetName().Version;

    public static void Add(WebApplicationBuilder builder) => builder.UseOrleans(silo => silo
        .UseLocalhostClustering()
        .Configure<GrainCollectionOptions>(options => options.CollectionAge = TimeSpan.FromMinutes(2)));
}
