namespace ProvenanceGrains.Grains.Contracts.Sealing;

/// <summary>Seals what was committed into blocks of the log. Its key is the log's origin: one log has one sealer.</summary>
[Alias("provenance.IChainSealerGrain")]
public interface IChainSealerGrain : IGrainWithStringKey
{
    /// <summary>Seals one block with what is committed and not sealed yet, and publishes its checkpoint or has it cosigned and published; nothing if there is nothing.</summary>
    [Alias("Seal")]
    Task<SealReport> SealAsync();
}

/// <summary>Where the log stands after a call.</summary>
/// <param name="TreeSize">Leaves of the committed tree.</param>
/// <param name="Blocks">Blocks of the log.</param>
/// <param name="NextOrdinal">The first entry that is not sealed.</param>
/// <param name="Sealed">Entries that this call sealed.</param>
/// <param name="More">More was waiting than fits one block.</param>
[GenerateSerializer]
[Immutable]
[Alias("provenance.SealReport")]
public sealed record SealReport(
    [property: Id(0)] long TreeSize,
    [property: Id(1)] long Blocks,
    [property: Id(2)] long NextOrdinal,
    [property: Id(3)] long Sealed,
    [property: Id(4)] bool More);
