using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Notes;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>The public log as one published checkpoint has it. Everything that one answer proves, it proves against one of these.</summary>
/// <param name="Published">The checkpoint's bytes as published.</param>
/// <param name="Note">The same, parsed: text and signatures.</param>
/// <param name="Checkpoint">What the text says.</param>
/// <param name="BlockCount">Blocks within its size.</param>
/// <param name="SealedEntries">Entries of other journals than the sealer's that these blocks hold: ordinals below this are sealed.</param>
public sealed record LogSnapshot(
    ReadOnlyMemory<byte> Published, SignedNote Note, Checkpoint Checkpoint, long BlockCount, long SealedEntries)
{
    /// <summary>Leaves of the tree.</summary>
    public long Size => Checkpoint.Size;
}
