using System.Numerics;

namespace ProvenanceGrains.Ledger.Merkle;

/// <summary>A complete subtree: the root over the leaves from <c>Index &lt;&lt; Level</c>, 2^<c>Level</c> of them.</summary>
/// <param name="Level">0 for a leaf, at most 62.</param>
/// <param name="Index">Position among the nodes of that level, from 0.</param>
public readonly record struct TreeNode(int Level, long Index);

/// <summary>Reads the hash of a complete subtree. It is asked only for nodes that lie whole within the tree at hand.</summary>
public delegate Hash256 NodeReader(TreeNode node);

/// <summary>
/// Makes inclusion and consistency proofs (RFC 9162 sections 2.1.3.1 and 2.1.4.1) out of complete subtrees, wherever they
/// are kept. The <c>Nodes</c> methods name what will be read, so that a caller can fetch it beforehand.
/// </summary>
public static class MerkleProofs
{
    /// <summary>The proof that the leaf at <paramref name="index"/> is in the tree: sibling hashes from the leaf upwards.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index is not below the size, or negative.</exception>
    public static Hash256[] Inclusion(long index, long size, NodeReader read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return RootsOf(InclusionRanges(index, size), read);
    }

    /// <summary>The proof that the tree of <paramref name="newSize"/> begins with the tree of <paramref name="oldSize"/>.</summary>
    /// <returns>Empty when the sizes are equal or the old one is 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The old size is over the new one, or negative.</exception>
    public static Hash256[] Consistency(long oldSize, long newSize, NodeReader read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return RootsOf(ConsistencyRanges(oldSize, newSize), read);
    }

    /// <summary>The root of a tree.</summary>
    public static Hash256 Root(long size, NodeReader read)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size == 0 ? MerkleHash.EmptyRoot : RootOf(new LeafRange(0, size), read);
    }

    /// <summary>The nodes that <see cref="Inclusion"/> reads.</summary>
    public static IReadOnlyList<TreeNode> InclusionNodes(long index, long size) => NodesOf(InclusionRanges(index, size));

    /// <summary>The nodes that <see cref="Consistency"/> reads.</summary>
    public static IReadOnlyList<TreeNode> ConsistencyNodes(long oldSize, long newSize) =>
        NodesOf(ConsistencyRanges(oldSize, newSize));

    /// <summary>The nodes that a tree's frontier and root are made of, the largest first; none for the empty tree.</summary>
    public static IReadOnlyList<TreeNode> FrontierNodes(long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        return size == 0 ? [] : NodesOf([new LeafRange(0, size)]);
    }

    private static List<LeafRange> InclusionRanges(long index, long size)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, size);
        var ranges = new List<LeafRange>();
        var (low, high) = (0L, size);
        while (high - low > 1)
        {
            var middle = low + SplitOf(high - low);
            if (index < middle)
            {
                ranges.Add(new LeafRange(middle, high));
                high = middle;
            }
            else
            {
                ranges.Add(new LeafRange(low, middle));
                low = middle;
            }
        }

        ranges.Reverse();
        return ranges;
    }

    private static List<LeafRange> ConsistencyRanges(long oldSize, long newSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        var ranges = new List<LeafRange>();
        if (oldSize == 0 || oldSize == newSize)
        {
            return ranges;
        }

        // SUBPROOF of RFC 9162 section 2.1.4.1, walked down from the root instead of recursing.
        var (low, high) = (0L, newSize);
        while (high != oldSize)
        {
            var middle = low + SplitOf(high - low);
            if (oldSize <= middle)
            {
                ranges.Add(new LeafRange(middle, high));
                high = middle;
            }
            else
            {
                ranges.Add(new LeafRange(low, middle));
                low = middle;
            }
        }

        // The verifier knows the old root already: it is left out where the old tree is one whole subtree.
        if (low != 0)
        {
            ranges.Add(new LeafRange(low, high));
        }

        ranges.Reverse();
        return ranges;
    }

    /// <summary>The largest power of two below <paramref name="count"/>, which is over 1.</summary>
    internal static long SplitOf(long count) => 1L << (63 - BitOperations.LeadingZeroCount((ulong)(count - 1)));

    private static Hash256[] RootsOf(List<LeafRange> ranges, NodeReader read)
    {
        var proof = new Hash256[ranges.Count];
        for (var i = 0; i < proof.Length; i++)
        {
            proof[i] = RootOf(ranges[i], read);
        }

        return proof;
    }

    internal static Hash256 RootOf(LeafRange range, NodeReader read)
    {
        var nodes = NodesOf([range]);
        var root = read(nodes[^1]);
        for (var i = nodes.Count - 2; i >= 0; i--)
        {
            root = MerkleHash.Node(read(nodes[i]), root);
        }

        return root;
    }

    /// <summary>Cuts each range into complete subtrees, the largest first; its start is aligned to the largest of them.</summary>
    internal static List<TreeNode> NodesOf(IReadOnlyList<LeafRange> ranges)
    {
        var nodes = new List<TreeNode>();
        foreach (var range in ranges)
        {
            for (var low = range.Low; low < range.High;)
            {
                var level = 63 - BitOperations.LeadingZeroCount((ulong)(range.High - low));
                nodes.Add(new TreeNode(level, low >> level));
                low += 1L << level;
            }
        }

        return nodes;
    }

    /// <summary>Leaves from <c>Low</c> to before <c>High</c>.</summary>
    internal readonly record struct LeafRange(long Low, long High);
}
