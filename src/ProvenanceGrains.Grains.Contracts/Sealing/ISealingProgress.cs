namespace ProvenanceGrains.Grains.Contracts.Sealing;

/// <summary>How far the log has come, for those who wait for their entries: one signal for each checkpoint, no polling.</summary>
/// <remarks>
/// Counts are of entries of all journals but the sealer's own: an entry with ordinal o is covered when the count is over o.
/// They only grow while a process lives; after a restart they are known once the sealer has recovered.
/// </remarks>
public interface ISealingProgress
{
    /// <summary>Whether there is a policy: without one nothing is ever witnessed.</summary>
    bool HasWitnesses { get; }

    /// <summary>Entries that a committed checkpoint covers.</summary>
    long SealedEntries { get; }

    /// <summary>Entries that a published checkpoint covers which the policy's quorum has cosigned.</summary>
    long WitnessedEntries { get; }

    /// <summary>Completes when <see cref="SealedEntries"/> is at least <paramref name="entries"/>.</summary>
    Task WaitSealedAsync(long entries, CancellationToken cancellation);

    /// <summary>Completes when <see cref="WitnessedEntries"/> is at least <paramref name="entries"/>.</summary>
    Task WaitWitnessedAsync(long entries, CancellationToken cancellation);
}
