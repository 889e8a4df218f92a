using System.Diagnostics.CodeAnalysis;

namespace ProvenanceGrains.Ledger.Merkle;

/// <summary>
/// One inclusion proof for many leaves of one tree, in which they share their nodes (docs/formats.md, "Shared inclusion proof").
/// </summary>
/// <remarks>
/// The tree of RFC 9162 section 2.1.1 is walked from its root, left first: a range without a leaf to be proven is one hash of the proof, a range
/// of one leaf to be proven is that leaf's hash, any other range is cut at the largest power of two below its size. Tree size and leaf
/// indexes alone so decide which hash stands for what. For one leaf the hashes are those of its inclusion proof, ordered from the left.
/// </remarks>
public static class MultiProof
{
    /// <summary>The hashes that prove the leaves.</summary>
    /// <param name="leaves">Indexes, strictly increasing, each below <paramref name="size"/>; at least one.</param>
    /// <param name="size">Of the tree.</param>
    /// <param name="read">Reads nodes of the tree.</param>
    /// <exception cref="ArgumentException">The leaves are not strictly increasing and below the size.</exception>
    public static Hash256[] Make(ReadOnlySpan<long> leaves, long size, NodeReader read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var ranges = Ranges(leaves, size);
        var hashes = new Hash256[ranges.Count];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = MerkleProofs.RootOf(ranges[i], read);
        }

        return hashes;
    }

    /// <summary>The nodes that <see cref="Make"/> reads, so that a caller can fetch them beforehand.</summary>
    /// <exception cref="ArgumentException">The leaves are not strictly increasing and below the size.</exception>
    public static IReadOnlyList<TreeNode> Nodes(ReadOnlySpan<long> leaves, long size) => MerkleProofs.NodesOf(Ranges(leaves, size));

    /// <summary>Checks that the leaves are in the tree.</summary>
    /// <param name="leaves">Index and hash of each, the indexes strictly increasing.</param>
    /// <param name="size">The tree's size.</param>
    /// <param name="proof">As <see cref="Make"/> gives it; not one hash more.</param>
    /// <param name="root">The tree's root.</param>
    /// <param name="error">What is wrong, when the answer is false. A root that differs does not tell which of the leaves is at fault.</param>
    public static bool TryVerify(
        ReadOnlySpan<(long Index, Hash256 Hash)> leaves,
        long size,
        ReadOnlySpan<Hash256> proof,
        in Hash256 root,
        [NotNullWhen(false)] out string? error)
    {
        error = CheckOrder(leaves, size);
        if (error is not null)
        {
            return false;
        }

        var rest = proof;
        if (!TryFold(leaves, 0, size, ref rest, out var computed))
        {
            error = $"The shared proof of {leaves.Length} leaves in {size} is too short at {proof.Length} hashes.";
        }
        else if (!rest.IsEmpty)
        {
            error = $"The shared proof of {leaves.Length} leaves in {size} has {rest.Length} hashes too many.";
        }
        else if (computed != root)
        {
            error = $"The {leaves.Length} leaves and the shared proof lead to root {computed}, but the tree of {size} leaves has {root}.";
        }

        return error is null;
    }

    /// <summary>The proof of some of the leaves, made from the proof of all of them: without the tree, and without the leaves that go.</summary>
    /// <param name="leaves">Index and hash of each that is proven, the indexes strictly increasing.</param>
    /// <param name="size">The tree's size.</param>
    /// <param name="proof">Of all of them. It is not verified here: from a wrong one comes a wrong one.</param>
    /// <param name="keep">The indexes of those that stay, strictly increasing; at least one.</param>
    /// <param name="reduced">What <see cref="Make"/> would give for them.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryReduce(
        ReadOnlySpan<(long Index, Hash256 Hash)> leaves,
        long size,
        ReadOnlySpan<Hash256> proof,
        ReadOnlySpan<long> keep,
        [NotNullWhen(true)] out Hash256[]? reduced,
        [NotNullWhen(false)] out string? error)
    {
        reduced = null;
        error = CheckOrder(leaves, size);
        if (error is not null)
        {
            return false;
        }

        var rest = proof;
        var hashes = new List<Hash256>();
        if (keep.IsEmpty || !TryReduce(leaves, keep, 0, size, ref rest, hashes) || !rest.IsEmpty)
        {
            error = $"The shared proof of {proof.Length} hashes is not one of {leaves.Length} leaves in {size}, or not all {keep.Length} that stay are among them.";
            return false;
        }

        reduced = [.. hashes];
        return true;
    }

    private static string? CheckOrder(ReadOnlySpan<(long Index, Hash256 Hash)> leaves, long size)
    {
        if (leaves.IsEmpty)
        {
            return "There is no leaf to be proven.";
        }

        var before = -1L;
        foreach (var (index, _) in leaves)
        {
            if (index <= before || index >= size)
            {
                return index <= before
                    ? $"Leaf {index} comes after leaf {before}: the leaves of a shared proof increase strictly."
                    : $"Leaf {index} is outside a tree of {size} leaves.";
            }

            before = index;
        }

        return null;
    }

    // Depth is at most 63, and a range without leaves ends at once: the work is bounded by 63 steps a leaf.
    private static bool TryFold(
        ReadOnlySpan<(long Index, Hash256 Hash)> leaves, long low, long high, ref ReadOnlySpan<Hash256> rest, out Hash256 root)
    {
        root = default;
        if (leaves.IsEmpty)
        {
            if (rest.IsEmpty)
            {
                return false;
            }

            root = rest[0];
            rest = rest[1..];
            return true;
        }

        if (high - low == 1)
        {
            root = leaves[0].Hash;
            return true;
        }

        var middle = low + MerkleProofs.SplitOf(high - low);
        var left = 0;
        while (left < leaves.Length && leaves[left].Index < middle)
        {
            left++;
        }

        if (!TryFold(leaves[..left], low, middle, ref rest, out var leftRoot)
            || !TryFold(leaves[left..], middle, high, ref rest, out var rightRoot))
        {
            return false;
        }

        root = MerkleHash.Node(leftRoot, rightRoot);
        return true;
    }

    // A range without a leaf that stays becomes one hash, whatever was proven in it before.
    private static bool TryReduce(
        ReadOnlySpan<(long Index, Hash256 Hash)> leaves,
        ReadOnlySpan<long> keep,
        long low,
        long high,
        ref ReadOnlySpan<Hash256> rest,
        List<Hash256> hashes)
    {
        if (keep.IsEmpty)
        {
            var folded = TryFold(leaves, low, high, ref rest, out var root);
            hashes.Add(root);
            return folded;
        }

        if (leaves.IsEmpty || high - low == 1)
        {
            return leaves.Length == 1 && keep.Length == 1 && leaves[0].Index == keep[0];
        }

        var middle = low + MerkleProofs.SplitOf(high - low);
        var left = 0;
        while (left < leaves.Length && leaves[left].Index < middle)
        {
            left++;
        }

        var keepLeft = keep.BinarySearch(middle);
        keepLeft = keepLeft < 0 ? ~keepLeft : keepLeft;
        return TryReduce(leaves[..left], keep[..keepLeft], low, middle, ref rest, hashes)
            && TryReduce(leaves[left..], keep[keepLeft..], middle, high, ref rest, hashes);
    }

    private static List<MerkleProofs.LeafRange> Ranges(ReadOnlySpan<long> leaves, long size)
    {
        var before = -1L;
        foreach (var leaf in leaves)
        {
            if (leaf <= before || leaf >= size)
            {
                throw new ArgumentException($"Leaf {leaf} after {before} in a tree of {size}.", nameof(leaves));
            }

            before = leaf;
        }

        var ranges = new List<MerkleProofs.LeafRange>();
        if (size > 0)
        {
            Collect(leaves, 0, size, ranges);
        }

        return ranges;
    }

    private static void Collect(ReadOnlySpan<long> leaves, long low, long high, List<MerkleProofs.LeafRange> ranges)
    {
        if (leaves.IsEmpty)
        {
            ranges.Add(new MerkleProofs.LeafRange(low, high));
            return;
        }

        if (high - low == 1)
        {
            return;
        }

        var middle = low + MerkleProofs.SplitOf(high - low);
        var left = leaves.BinarySearch(middle);
        left = left < 0 ? ~left : left;
        Collect(leaves[..left], low, middle, ranges);
        Collect(leaves[left..], middle, high, ranges);
    }
}
