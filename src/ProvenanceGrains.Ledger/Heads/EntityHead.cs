using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Heads;

/// <summary>Where a journal ends.</summary>
/// <param name="Length">The number of its entries, at least 1: a journal without entries is not in the map.</param>
/// <param name="LastLeafHash">Leaf hash of its last entry.</param>
public readonly record struct EntityHead(long Length, Hash256 LastLeafHash);

/// <summary>A leaf of the head map.</summary>
/// <param name="Index">Stands for the entity; its bits, the most significant first, are the way from the root to the leaf.</param>
/// <param name="Head">Where the entity's journal ends.</param>
public readonly record struct HeadMapLeaf(EntityIndex Index, EntityHead Head);

/// <summary>
/// What stands in the head map on the way of one index: the proof of its head, or of its absence (docs/formats.md, Head map).
/// </summary>
/// <param name="Siblings">
/// Hashes of the subtrees beside the way, from the terminal node upwards to the root; zero for an empty one. Their number is the depth of
/// the terminal node, at most <see cref="HeadMap.MaxDepth"/>.
/// </param>
/// <param name="Leaf">The terminal node: null for an empty subtree, else the asked index's leaf (present) or another's (absent).</param>
public sealed record HeadMapProof(IReadOnlyList<Hash256> Siblings, HeadMapLeaf? Leaf);
