using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace ProvenanceGrains.Ledger.Merkle;

/// <summary>Checks inclusion and consistency proofs and says what is wrong with a bad one.</summary>
public static partial class MerkleVerifier
{
    /// <summary>The length of an inclusion proof: 0 to 63.</summary>
    /// <param name="index">Below <paramref name="size"/>.</param>
    /// <param name="size">Over 0.</param>
    public static int InclusionProofLength(long index, long size)
    {
        // Below the bit where the leaf's path leaves the last leaf's, every level has a sibling; above, only the
        // complete subtrees on the left have.
        var inner = InnerLevels(index, size);
        return inner + BitOperations.PopCount((ulong)(index >> inner));
    }

    /// <summary>Checks that a leaf is in a tree (RFC 9162 section 2.1.3.2).</summary>
    /// <param name="index">The leaf's index.</param>
    /// <param name="size">The tree's size.</param>
    /// <param name="leafHash">The leaf's hash.</param>
    /// <param name="proof">Hashes from the leaf's sibling upwards.</param>
    /// <param name="root">The tree's root.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryVerifyInclusion(
        long index,
        long size,
        in Hash256 leafHash,
        ReadOnlySpan<Hash256> proof,
        in Hash256 root,
        [NotNullWhen(false)] out string? error)
    {
        if (size <= 0 || index < 0 || index >= size)
        {
            error = $"Leaf {index} is outside a tree of {size} leaves.";
            return false;
        }

        var expected = InclusionProofLength(index, size);
        if (proof.Length != expected)
        {
            error = $"The inclusion proof of leaf {index} in {size} has {expected} hashes, not {proof.Length}.";
            return false;
        }

        var inner = InnerLevels(index, size);
        var hash = ChainInner(leafHash, proof[..inner], index);
        hash = ChainBorder(hash, proof[inner..]);
        error = hash == root ? null
            : $"The inclusion proof of leaf {index} leads to root {hash}, but the tree of {size} leaves has {root}.";
        return error is null;
    }

    /// <summary>Checks that a tree begins with an older one (RFC 9162 section 2.1.4.2).</summary>
    /// <remarks>
    /// Equal sizes need equal roots and an empty proof. A proof from the empty tree is refused: every tree begins with
    /// it, so there is nothing to prove (RFC 9162 section 2.1.4.1 has 0 &lt; m).
    /// </remarks>
    public static bool TryVerifyConsistency(
        long oldSize,
        long newSize,
        in Hash256 oldRoot,
        in Hash256 newRoot,
        ReadOnlySpan<Hash256> proof,
        [NotNullWhen(false)] out string? error)
    {
        error = oldSize < 0 || newSize < oldSize ? $"A tree of {newSize} leaves does not begin with one of {oldSize}."
            : oldSize == 0 ? "A consistency proof from the empty tree proves nothing."
            : oldSize == newSize && !proof.IsEmpty
                ? $"A consistency proof from {oldSize} to itself is empty, but {proof.Length} hashes were given."
            : oldSize == newSize && oldRoot != newRoot ? $"Two roots for the same size {oldSize}: {oldRoot} and {newRoot}."
            : null;
        return error is null
            && (oldSize == newSize || VerifyProperConsistency(oldSize, newSize, oldRoot, newRoot, proof, out error));
    }

    private static bool VerifyProperConsistency(
        long oldSize,
        long newSize,
        in Hash256 oldRoot,
        in Hash256 newRoot,
        ReadOnlySpan<Hash256> proof,
        [NotNullWhen(false)] out string? error)
    {
        // The proof is that of the old tree's last complete subtree within the new tree. Where the old tree is that one
        // subtree, its hash is the old root and is not sent.
        var inner = InnerLevels(oldSize - 1, newSize);
        var shift = BitOperations.TrailingZeroCount(oldSize);
        inner -= shift;
        var border = BitOperations.PopCount((ulong)((oldSize - 1) >> (inner + shift)));
        var whole = oldSize == 1L << shift;
        var expected = inner + border + (whole ? 0 : 1);
        if (proof.Length != expected)
        {
            error = $"The consistency proof from {oldSize} to {newSize} has {expected} hashes, not {proof.Length}.";
            return false;
        }

        var seed = whole ? oldRoot : proof[0];
        var path = whole ? proof : proof[1..];
        var mask = (oldSize - 1) >> shift;
        var fromOld = ChainBorder(ChainInnerRight(seed, path[..inner], mask), path[inner..]);
        if (fromOld != oldRoot)
        {
            error = $"The consistency proof leads to root {fromOld} for size {oldSize}, but {oldRoot} is known.";
            return false;
        }

        var fromNew = ChainBorder(ChainInner(seed, path[..inner], mask), path[inner..]);
        error = fromNew == newRoot ? null
            : $"The consistency proof leads to root {fromNew} for size {newSize}, but {newRoot} is claimed.";
        return error is null;
    }

    /// <summary>Levels below the one where the paths of <paramref name="index"/> and the last leaf meet.</summary>
    private static int InnerLevels(long index, long size) =>
        64 - BitOperations.LeadingZeroCount((ulong)(index ^ (size - 1)));

    private static Hash256 ChainInner(Hash256 hash, ReadOnlySpan<Hash256> proof, long index)
    {
        for (var i = 0; i < proof.Length; i++)
        {
            hash = ((index >> i) & 1) == 0 ? MerkleHash.Node(hash, proof[i]) : MerkleHash.Node(proof[i], hash);
        }

        return hash;
    }

    /// <summary>Only the left siblings: the path as the older, smaller tree had it.</summary>
    private static Hash256 ChainInnerRight(Hash256 hash, ReadOnlySpan<Hash256> proof, long index)
    {
        for (var i = 0; i < proof.Length; i++)
        {
            if (((index >> i) & 1) != 0)
            {
                hash = MerkleHash.Node(proof[i], hash);
            }
        }

        return hash;
    }

    private static Hash256 ChainBorder(Hash256 hash, ReadOnlySpan<Hash256> proof)
    {
        foreach (ref readonly var left in proof)
        {
            hash = MerkleHash.Node(left, hash);
        }

        return hash;
    }
}
