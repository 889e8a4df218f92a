using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using ProvenanceGrains.Grains.Contracts.Sealing;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Policies;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Sealing;

/// <summary>Puts the sealer into a host. The private key goes no further than here.</summary>
public static class SealingServices
{
    /// <summary>Loads or makes the log's key and, where the host is to seal, registers the sealer and its pace-maker.</summary>
    /// <param name="services">Must come to hold the stores, the index function and the clock.</param>
    /// <param name="dataFolder">Holds <c>log.key</c>.</param>
    /// <param name="origin">See <see cref="LogKeyFile.LoadOrCreate"/>.</param>
    /// <param name="seed">32 random bytes for a key to be made.</param>
    /// <param name="run">Whether this host seals.</param>
    /// <returns>The public half of the key.</returns>
    /// <exception cref="InvalidDataException">The key is missing, unreadable or not the one that sealed this folder.</exception>
    public static VerifierKey AddSealing(
        this IServiceCollection services, string dataFolder, string? origin, Func<byte[]> seed, bool run)
    {
        var committed = Path.Combine(dataFolder, "chain", "checkpoint");
        var isSealed = File.Exists(committed) || File.Exists(Path.Combine(dataFolder, "sealed"));
        var key = LogKeyFile.LoadOrCreate(Path.Combine(dataFolder, "log.key"), origin, seed, mayCreate: !isSealed);
        if (File.Exists(committed))
        {
            // The sealer would find out as well, but only after the silo has begun to take events.
            SealRecovery.Open(File.ReadAllBytes(committed), key.Verifier, committed);
        }

        services.AddSingleton(provider => new SealingProgress
        {
            HasWitnesses = provider.GetService<LogPolicy>() is not null,
        });
        services.AddSingleton<ISealingProgress>(provider => provider.GetRequiredService<SealingProgress>());
        if (run)
        {
            services.TryAddSingleton<HeadMapVersions>();
            services.AddSingleton<SealingStatus>();
            services.AddSingleton(new SealingOptions(key.Verifier.Name));
            services.AddSingleton(provider => new ChainSealer(
                provider.GetRequiredService<IJournalReader>(),
                provider.GetRequiredService<ISealStore>(),
                key,
                provider.GetRequiredService<IEntityIndexFunction>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetService<ICheckpointPublication>(),
                provider.GetRequiredService<HeadMapVersions>()));
            services.AddHostedService<SealingService>();
        }

        return key.Verifier;
    }
}
