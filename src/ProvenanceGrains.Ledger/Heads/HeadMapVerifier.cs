using System.Diagnostics.CodeAnalysis;
using ProvenanceGrains.Ledger.Entries;

namespace ProvenanceGrains.Ledger.Heads;

/// <summary>Checks what a head map holds for an index against its root alone. Needs nothing of the map.</summary>
/// <remarks>
/// Why one root cannot prove two answers for one index: from the root downwards each node's hash fixes what the node is - empty, a leaf, or
/// an inner node with these two children, under domains that differ -, the index fixes which child is next, and the walk ends at the first
/// node that is not an inner one.
/// </remarks>
public static class HeadMapVerifier
{
    /// <summary>Verifies a proof of presence or absence.</summary>
    /// <param name="root">The root, from a block that is in the log.</param>
    /// <param name="index">The index that was asked for.</param>
    /// <param name="proof">What was answered.</param>
    /// <param name="head">With the answer true: the head, or null for proven absence.</param>
    /// <param name="error">What is wrong, when the answer is false.</param>
    public static bool TryVerify(
        Hash256 root, EntityIndex index, HeadMapProof proof, out EntityHead? head, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(proof);
        head = null;
        error = CheckShape(index, proof) ?? CheckRoot(root, index, proof);
        if (error is not null)
        {
            return false;
        }

        head = proof.Leaf is { } leaf && leaf.Index == index ? leaf.Head : null;
        return true;
    }

    private static string? CheckShape(EntityIndex index, HeadMapProof proof)
    {
        var depth = proof.Siblings.Count;
        if (depth > HeadMap.MaxDepth)
        {
            return $"The map proof has {depth} siblings; a leaf stands at most {HeadMap.MaxDepth} deep.";
        }

        // An inner node has two leaves below it or it would not be there: what is beside the terminal node is never empty.
        if (depth > 0 && proof.Siblings[0].IsZero)
        {
            return "The map proof goes deeper than the map: its lowest sibling is empty.";
        }

        if (proof.Leaf is not { } leaf)
        {
            // At depth 256 the sibling can be one leaf only, and one that is alone stands higher up.
            return depth == HeadMap.MaxDepth ? "The map proof ends below the deepest leaf." : null;
        }

        if (leaf.Head.Length < 1)
        {
            return $"The map proof's leaf has a length of {leaf.Head.Length}.";
        }

        for (var bit = 0; bit < depth; bit++)
        {
            if (HeadNode.Bit(leaf.Index.Value, bit) != HeadNode.Bit(index.Value, bit))
            {
                return $"The map proof's leaf does not stand on the way of the index: they differ in bit {bit} of {depth}.";
            }
        }

        return null;
    }

    private static string? CheckRoot(in Hash256 root, EntityIndex index, HeadMapProof proof)
    {
        var node = proof.Leaf is { } leaf
            ? HeadMapHash.Leaf(leaf.Index.Value, leaf.Head.Length, leaf.Head.LastLeafHash)
            : Hash256.Zero;
        for (var i = 0; i < proof.Siblings.Count; i++)
        {
            var sibling = proof.Siblings[i];
            node = HeadNode.Bit(index.Value, proof.Siblings.Count - 1 - i)
                ? HeadMapHash.Inner(sibling, node)
                : HeadMapHash.Inner(node, sibling);
        }

        return node == root ? null : "The map proof leads to another root than the block's.";
    }
}
