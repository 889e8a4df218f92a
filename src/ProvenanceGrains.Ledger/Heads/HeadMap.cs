using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Heads;

/// <summary>
/// A verifiable map from every entity to where its journal ends, immutable: an update gives a new version that shares all nodes that did not
/// change. Safe to read from any thread. The root depends on the content only, not on the order in which it came.
/// </summary>
/// <remarks>
/// A binary trie over the 256 bits of the index. A leaf stands at the shallowest depth at which it is alone, so with random indexes the
/// depth is about log2 of their number plus one; whoever picks indexes that share a long prefix deepens their own way and no other, to 256
/// at most. Nothing is ever removed: a journal does not get shorter. With <c>n</c> entities there are n leaves of 88 bytes and about
/// 1.44 n inner nodes of 64 bytes.
/// </remarks>
public sealed class HeadMap
{
    /// <summary>The greatest depth at which a leaf can stand.</summary>
    public const int MaxDepth = 8 * Hash256.Size;

    private readonly HeadNode? _root;

    internal HeadMap(HeadNode? root, long count)
    {
        _root = root;
        Count = count;
        Root = HeadNode.HashOf(root);
    }

    /// <summary>The map without entities; its root is zero.</summary>
    public static HeadMap Empty { get; } = new(null, 0);

    /// <summary>The root hash; zero for the empty map.</summary>
    public Hash256 Root { get; }

    /// <summary>The number of entities.</summary>
    public long Count { get; }

    /// <summary>Where a journal ends; null if the map does not hold it.</summary>
    public EntityHead? Find(EntityIndex index)
    {
        var node = _root;
        for (var depth = 0; node is HeadInner inner; depth++)
        {
            node = HeadNode.Bit(index.Value, depth) ? inner.Right : inner.Left;
        }

        return node is HeadLeaf leaf && leaf.Index == index.Value ? leaf.Head : null;
    }

    /// <summary>The map with these heads added or replaced. Every inner node on their ways is made and hashed once.</summary>
    /// <param name="changes">Any order; lengths at least 1, no index twice.</param>
    /// <exception cref="ArgumentException">An index that comes twice, or a length below 1.</exception>
    public HeadMap Update(IReadOnlyCollection<KeyValuePair<EntityIndex, EntityHead>> changes)
    {
        ArgumentNullException.ThrowIfNull(changes);
        return changes.Count == 0 ? this : new HeadMapUpdate().Apply(_root, Count, changes);
    }

    /// <summary>Proves the head of an index, or that there is none.</summary>
    public HeadMapProof Prove(EntityIndex index)
    {
        var siblings = new List<Hash256>();
        var node = _root;
        for (var depth = 0; node is HeadInner inner; depth++)
        {
            var right = HeadNode.Bit(index.Value, depth);
            siblings.Add(HeadNode.HashOf(right ? inner.Left : inner.Right));
            node = right ? inner.Right : inner.Left;
        }

        siblings.Reverse();
        return new HeadMapProof(siblings, (node as HeadLeaf)?.ToValue());
    }
}
