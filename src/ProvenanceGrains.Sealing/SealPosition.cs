using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Sealing;

/// <summary>Everything that sealing the next block depends on.</summary>
/// <param name="Committed">The signed checkpoint that is committed; null before the first block.</param>
/// <param name="Edge">The tree's right edge. Not shared: a plan grows a copy.</param>
/// <param name="Bundle">Content of the partial entry bundle at the right edge; empty if the last one is full.</param>
/// <param name="Block">The last block; null before the first.</param>
/// <param name="Heads">The head map after it; null for blocks as an older version made them, without one.</param>
internal sealed record SealPosition(
    ReadOnlyMemory<byte>? Committed, TreeEdge Edge, ReadOnlyMemory<byte> Bundle, BlockHead? Block, HeadMap? Heads)
{
    public static SealPosition Empty => new(null, new TreeEdge(), ReadOnlyMemory<byte>.Empty, null, HeadMap.Empty);

    /// <summary>The first entry that is not sealed.</summary>
    public long NextOrdinal => Block?.Content.NextOrdinal ?? 0;

    public long Blocks => Block is { } head ? head.Content.Height + 1 : 0;
}
