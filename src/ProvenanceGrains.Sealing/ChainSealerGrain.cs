using ProvenanceGrains.Grains.Contracts.Sealing;

namespace ProvenanceGrains.Sealing;

/// <summary>The one owner of the log's chain. Grain turns keep sealings apart; the store's swap keeps two activations apart.</summary>
public sealed class ChainSealerGrain(ChainSealer sealer) : Grain, IChainSealerGrain
{
    public Task<SealReport> SealAsync() => sealer.SealAsync(CancellationToken.None);
}
