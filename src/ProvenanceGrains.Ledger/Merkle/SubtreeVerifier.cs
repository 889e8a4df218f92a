using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace ProvenanceGrains.Ledger.Merkle;

/// <content>
/// Proofs about a subtree: the leaves [start, end) of a tree, where start is a multiple of the smallest power of two
/// that is not below end - start (draft-ietf-plants-merkle-tree-certs, section 4, "Subtrees"). Such a range has a root
/// of its own, that of a tree of these leaves alone, which is built of nodes that the whole tree has too.
/// </content>
public static partial class MerkleVerifier
{
    /// <summary>A tree of fewer than 2^63 leaves has no more levels.</summary>
    private const int MaxLevels = 64;

    /// <summary>What a hash of a subtree's consistency proof stands for, seen from the path down to the subtree's end.</summary>
    private enum Sibling : byte
    {
        /// <summary>On the right: leaves after the subtree.</summary>
        After,

        /// <summary>On the left: leaves before the subtree.</summary>
        Before,

        /// <summary>On the left: the subtree's own first leaves.</summary>
        Within,
    }

    /// <summary>Checks that a leaf is in a subtree (draft-ietf-plants-merkle-tree-certs, "Subtree Inclusion Proofs").</summary>
    /// <param name="index">The leaf's index in the whole tree.</param>
    /// <param name="start">The subtree's first leaf.</param>
    /// <param name="end">One after the subtree's last leaf.</param>
    /// <param name="leafHash">The leaf's hash.</param>
    /// <param name="proof">Hashes from the leaf's sibling upwards, within the subtree.</param>
    /// <param name="subtreeRoot">The subtree's root.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryVerifySubtreeInclusion(
        long index,
        long start,
        long end,
        in Hash256 leafHash,
        ReadOnlySpan<Hash256> proof,
        in Hash256 subtreeRoot,
        [NotNullWhen(false)] out string? error)
    {
        if (!IsSubtree(start, end, out error))
        {
            return false;
        }

        if (index < start || index >= end)
        {
            error = $"Leaf {index} is outside the subtree [{start}, {end}).";
            return false;
        }

        if (TryVerifyInclusion(index - start, end - start, leafHash, proof, subtreeRoot, out var reason))
        {
            return true;
        }

        error = $"In the subtree [{start}, {end}), counted from its start: {reason}";
        return false;
    }

    /// <summary>
    /// Checks that a subtree's leaves are those that a tree has at the same place (draft-ietf-plants-merkle-tree-certs,
    /// "Subtree Consistency Proofs"). With <paramref name="start"/> 0 the proof is that of RFC 9162 section 2.1.4.
    /// </summary>
    /// <remarks>
    /// A subtree without leaves is consistent with every tree that reaches to it: only its root, which is that of the empty
    /// tree, and the proof, which is empty, are looked at. The answer says nothing of <paramref name="treeRoot"/> then.
    /// </remarks>
    /// <param name="start">The subtree's first leaf.</param>
    /// <param name="end">One after the subtree's last leaf.</param>
    /// <param name="size">The tree's size.</param>
    /// <param name="subtreeRoot">The subtree's root.</param>
    /// <param name="treeRoot">The tree's root.</param>
    /// <param name="proof">Hashes from the lowest level upwards.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryVerifySubtreeConsistency(
        long start,
        long end,
        long size,
        in Hash256 subtreeRoot,
        in Hash256 treeRoot,
        ReadOnlySpan<Hash256> proof,
        [NotNullWhen(false)] out string? error)
    {
        if (!IsSubtree(start, end, out error))
        {
            return false;
        }

        if (end > size)
        {
            error = $"The subtree [{start}, {end}) reaches beyond a tree of {size} leaves.";
            return false;
        }

        if (start == end)
        {
            error = !proof.IsEmpty ? $"The proof of an empty subtree is empty, but {proof.Length} hashes were given."
                : subtreeRoot != MerkleHash.EmptyRoot ? $"An empty subtree has root {MerkleHash.EmptyRoot}, not {subtreeRoot}."
                : null;
            return error is null;
        }

        Span<Sibling> siblings = stackalloc Sibling[MaxLevels];
        siblings = siblings[..Descend(start, end, size, siblings, out var whole)];
        var expected = siblings.Length + (whole ? 0 : 1);
        if (proof.Length != expected)
        {
            error = $"The consistency proof of [{start}, {end}) in {size} has {expected} hashes, not {proof.Length}.";
            return false;
        }

        var (sub, tree) = Ascend(whole ? subtreeRoot : proof[0], whole ? proof : proof[1..], siblings);
        error = sub != subtreeRoot
                ? $"The consistency proof leads to root {sub} for [{start}, {end}), but {subtreeRoot} is claimed."
            : tree != treeRoot
                ? $"The consistency proof of [{start}, {end}) leads to root {tree} for size {size}, but {treeRoot} is known."
            : null;
        return error is null;
    }

    private static bool IsSubtree(long start, long end, [NotNullWhen(false)] out string? error)
    {
        error = start < 0 || end < start ? $"[{start}, {end}) is no range of leaves."
            : ((ulong)start & (RoundUp(end - start) - 1)) != 0
                ? $"[{start}, {end}) is no subtree: {start} is not a multiple of {RoundUp(end - start)}."
            : null;
        return error is null;

        // One for the empty range, so that it may begin anywhere.
        static ulong RoundUp(long length) => Math.Max(1, BitOperations.RoundUpToPowerOf2((ulong)length));
    }

    /// <summary>
    /// Walks from the tree's root to the lowest node that ends where the subtree does and lies within it, as the
    /// definition of the proof does, and notes each sibling that it passes.
    /// </summary>
    /// <returns>How many siblings: the last passed is the proof's first.</returns>
    private static int Descend(long start, long end, long size, Span<Sibling> siblings, out bool whole)
    {
        whole = true;
        var count = 0;
        while (start != 0 || end != size)
        {
            // The left child holds the largest power of two of leaves that is below the size.
            var left = 1L << BitOperations.Log2((ulong)(size - 1));
            if (end <= left)
            {
                siblings[count++] = Sibling.After;
                size = left;
                continue;
            }

            // A subtree that begins in the left child and ends in the right one begins where the tree does.
            siblings[count++] = start >= left ? Sibling.Before : Sibling.Within;
            whole &= start >= left;
            start = Math.Max(0, start - left);
            end -= left;
            size -= left;
        }

        return count;
    }

    /// <summary>Goes the same way back up, with the subtree's root as it was and as it is once the tree grew over it.</summary>
    private static (Hash256 Subtree, Hash256 Tree) Ascend(
        Hash256 lowest, ReadOnlySpan<Hash256> proof, ReadOnlySpan<Sibling> siblings)
    {
        var (subtree, tree) = (lowest, lowest);
        for (var i = 0; i < proof.Length; i++)
        {
            var sibling = siblings[^(i + 1)];
            subtree = sibling == Sibling.Within ? MerkleHash.Node(proof[i], subtree) : subtree;
            tree = sibling == Sibling.After ? MerkleHash.Node(tree, proof[i]) : MerkleHash.Node(proof[i], tree);
        }

        return (subtree, tree);
    }
}
