using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>
/// Follows the sealer's own journal through the log. A block says where it begins, how many entries it seals and which
/// block came before, and its salts are public, so its commitment can be computed anew from its place alone.
/// </summary>
internal sealed class BlockChain(BlockIdentity identity)
{
    private BlockHead? _last;

    /// <summary>Blocks seen.</summary>
    public long Count { get; private set; }

    /// <summary>The last block as its place gives it; null before the first.</summary>
    public BlockHead? Last => _last;

    /// <summary>Leaves up to and including the last block.</summary>
    public long SealedLeaves => _last?.Content.TreeSizeAfter ?? 0;

    /// <summary>Whether a leaf is a block's.</summary>
    public bool IsBlock(in EntryHeader header) => header.Index == identity.Index;

    /// <summary>Takes a block's leaf.</summary>
    /// <returns>What is wrong with it, or null. The chain goes on from it either way.</returns>
    public string? Follow(long leafIndex, in EntryHeader header, in Hash256 leafHash)
    {
        var built = BlockBuilder.Build(identity, _last, leafIndex - SealedLeaves, header.TimeMs, Hash256.Zero);
        var error = header == built.Header ? null
            : header.TimeMs < built.Header.TimeMs
                ? $"Block {built.Content.Height} goes back in time, from {built.Header.TimeMs} to {header.TimeMs} ms."
            : header.Sequence != built.Header.Sequence
                ? $"The block has height {header.Sequence}, but {built.Content.Height} comes next."
            : header.Previous != built.Header.Previous
                ? $"Block {header.Sequence} names {header.Previous} as the block before, which is {built.Header.Previous}."
            : $"Block {header.Sequence} commits to something else than the {built.Content.Count} entries before it.";
        _last = new BlockHead(built.Content, leafHash, Math.Max(header.TimeMs, built.Header.TimeMs));
        Count++;
        return error;
    }
}
