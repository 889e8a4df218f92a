using System.Text;
using ProvenanceGrains.Ledger.Merkle;

namespace ProvenanceGrains.Ledger.Tests.Merkle;

/// <summary>The definition of RFC 9162 section 2.1, word for word and slow: what the fast code is held against.</summary>
internal static class ReferenceTree
{
    public static Hash256[] Leaves(int count) =>
        [.. Enumerable.Range(0, count).Select(i => MerkleHash.Leaf(Encoding.UTF8.GetBytes($"entry-{i}")))];

    public static Hash256 Root(ReadOnlySpan<Hash256> leaves)
    {
        if (leaves.IsEmpty)
        {
            return MerkleHash.EmptyRoot;
        }

        if (leaves.Length == 1)
        {
            return leaves[0];
        }

        var k = Split(leaves.Length);
        return MerkleHash.Node(Root(leaves[..k]), Root(leaves[k..]));
    }

    public static Hash256[] Path(int m, ReadOnlySpan<Hash256> leaves)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        var k = Split(leaves.Length);
        return m < k ? [.. Path(m, leaves[..k]), Root(leaves[k..])] : [.. Path(m - k, leaves[k..]), Root(leaves[..k])];
    }

    public static Hash256[] Consistency(int m, ReadOnlySpan<Hash256> leaves) =>
        m == 0 ? [] : SubProof(m, leaves, complete: true);

    /// <summary>draft-ietf-plants-merkle-tree-certs, "Subtree Consistency Proofs": SUBTREE_PROOF(start, end, D_n).</summary>
    public static Hash256[] SubtreeConsistency(int start, int end, ReadOnlySpan<Hash256> leaves) =>
        SubtreeSubProof(start, end, leaves, complete: true);

    /// <summary>Nodes straight from the leaves.</summary>
    public static NodeReader Reader(Hash256[] leaves) =>
        node => Root(leaves.AsSpan((int)(node.Index << node.Level), 1 << node.Level));

    private static Hash256[] SubProof(int m, ReadOnlySpan<Hash256> leaves, bool complete)
    {
        if (m == leaves.Length)
        {
            return complete ? [] : [Root(leaves)];
        }

        var k = Split(leaves.Length);
        return m <= k
            ? [.. SubProof(m, leaves[..k], complete), Root(leaves[k..])]
            : [.. SubProof(m - k, leaves[k..], complete: false), Root(leaves[..k])];
    }

    private static Hash256[] SubtreeSubProof(int start, int end, ReadOnlySpan<Hash256> leaves, bool complete)
    {
        if (start == 0 && end == leaves.Length)
        {
            return complete ? [] : [Root(leaves)];
        }

        var k = Split(leaves.Length);
        return end <= k ? [.. SubtreeSubProof(start, end, leaves[..k], complete), Root(leaves[k..])]
            : start >= k ? [.. SubtreeSubProof(start - k, end - k, leaves[k..], complete), Root(leaves[..k])]
            : start == 0 ? [.. SubtreeSubProof(0, end - k, leaves[k..], complete: false), Root(leaves[..k])]
            : throw new ArgumentException("The range is no subtree.", nameof(start));
    }

    private static int Split(int count)
    {
        var k = 1;
        while (k * 2 < count)
        {
            k *= 2;
        }

        return k;
    }
}
