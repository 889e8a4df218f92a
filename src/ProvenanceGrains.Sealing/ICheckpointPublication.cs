using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Sealing;

/// <summary>A checkpoint that is committed and all of whose files are written.</summary>
/// <param name="Note">The log's signed note.</param>
/// <param name="Blocks">Blocks that it covers.</param>
/// <param name="Entries">Entries of other journals than the sealer's that it covers.</param>
public sealed record CommittedCheckpoint(ReadOnlyMemory<byte> Note, long Blocks, long Entries);

/// <summary>What makes committed checkpoints public: at once, or after the witnesses have cosigned them.</summary>
public interface ICheckpointPublication
{
    /// <summary>Takes over a committed checkpoint.</summary>
    /// <remarks>
    /// Each one extends the one before; a newer one may take the place of one that waits. Offering the same again, as recovery
    /// does, changes nothing. Where this returns before the checkpoint is public, a crash loses nothing: the next process's
    /// recovery offers what is committed.
    /// </remarks>
    ValueTask OfferAsync(CommittedCheckpoint checkpoint, CancellationToken cancellation);
}

/// <summary>Without witnesses: published when committed.</summary>
internal sealed class DirectPublication(ISealStore store) : ICheckpointPublication
{
    public ValueTask OfferAsync(CommittedCheckpoint checkpoint, CancellationToken cancellation) =>
        store.PublishAsync(checkpoint.Note, cancellation);
}
