using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Heads;

/// <summary>A node of the head map's trie; null is the empty subtree. Never changes once a map that holds it was handed out.</summary>
internal abstract class HeadNode
{
    public abstract Hash256 Hash { get; }

    /// <summary>The node's hash, zero for the empty subtree.</summary>
    public static Hash256 HashOf(HeadNode? node) => node is null ? Hash256.Zero : node.Hash;

    /// <summary>Bit <paramref name="depth"/> of an index, counted from the most significant one of its first byte.</summary>
    public static bool Bit(in Hash256 index, int depth) => (index.AsSpan()[depth >> 3] & (0x80 >> (depth & 7))) != 0;
}

/// <summary>One entity's head: 88 bytes.</summary>
/// <remarks>
/// Its hash is not kept: 32 bytes on each entity would save one hash of some twenty when its neighbour changes, and half a hash a proof.
/// </remarks>
internal sealed class HeadLeaf(in Hash256 index, long length, in Hash256 lastLeafHash) : HeadNode
{
    public readonly Hash256 Index = index;
    public readonly long Length = length;
    public readonly Hash256 LastLeafHash = lastLeafHash;

    public override Hash256 Hash => HeadMapHash.Leaf(Index, Length, LastLeafHash);

    public EntityHead Head => new(Length, LastLeafHash);

    public HeadMapLeaf ToValue() => new(new EntityIndex(Index), Head);
}

/// <summary>A subtree with at least two leaves: 64 bytes. One side may be empty.</summary>
internal sealed class HeadInner(HeadNode? left, HeadNode? right) : HeadNode
{
    public readonly HeadNode? Left = left;
    public readonly HeadNode? Right = right;
    private Hash256 _hash;

    public override Hash256 Hash => _hash;

    /// <summary>Called once, by the update that made the node, after both children have theirs.</summary>
    public void SetHash(in Hash256 hash) => _hash = hash;
}
