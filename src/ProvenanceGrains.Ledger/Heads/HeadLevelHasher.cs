namespace ProvenanceGrains.Ledger.Heads;

/// <summary>Hashes the new nodes of one level, whose children are hashed already. Holds its buffers from one level to the next.</summary>
internal sealed class HeadLevelHasher
{
    private const int Chunk = 64;
    private const int FewNodes = 2;
    private readonly byte[] _messages = new byte[2 * Chunk * HeadMapHash.LeafSize];
    private readonly Hash256[] _leaves = new Hash256[2 * Chunk];
    private readonly Hash256[] _nodes = new Hash256[Chunk];

    /// <summary>Sets the hash of every node.</summary>
    /// <param name="hasher">Made when a level first needs it: an update of one entity does not.</param>
    /// <param name="nodes">The nodes.</param>
    public static void HashAll(ref HeadLevelHasher? hasher, ReadOnlySpan<HeadInner> nodes)
    {
        if (nodes.Length <= FewNodes)
        {
            foreach (var node in nodes)
            {
                node.SetHash(HeadMapHash.Inner(HeadNode.HashOf(node.Left), HeadNode.HashOf(node.Right)));
            }

            return;
        }

        hasher ??= new HeadLevelHasher();
        for (var at = 0; at < nodes.Length; at += Chunk)
        {
            hasher.HashChunk(nodes.Slice(at, Math.Min(Chunk, nodes.Length - at)));
        }
    }

    private void HashChunk(ReadOnlySpan<HeadInner> nodes)
    {
        // Leaves do not keep their hashes: those that stand directly below come first.
        var leaves = 0;
        foreach (var node in nodes)
        {
            leaves = Write(node.Right, Write(node.Left, leaves));
        }

        Sha256Lanes.Hash(_messages.AsSpan(0, leaves * HeadMapHash.LeafSize), HeadMapHash.LeafSize, _leaves.AsSpan(0, leaves));

        var leaf = 0;
        for (var i = 0; i < nodes.Length; i++)
        {
            var left = HashOf(nodes[i].Left, ref leaf);
            var right = HashOf(nodes[i].Right, ref leaf);
            HeadMapHash.WriteInner(left, right, _messages.AsSpan(i * HeadMapHash.InnerSize));
        }

        Sha256Lanes.Hash(
            _messages.AsSpan(0, nodes.Length * HeadMapHash.InnerSize), HeadMapHash.InnerSize, _nodes.AsSpan(0, nodes.Length));
        for (var i = 0; i < nodes.Length; i++)
        {
            nodes[i].SetHash(_nodes[i]);
        }
    }

    private int Write(HeadNode? node, int count)
    {
        if (node is not HeadLeaf leaf)
        {
            return count;
        }

        HeadMapHash.WriteLeaf(
            leaf.Index, leaf.Length, leaf.LastLeafHash, _messages.AsSpan(count * HeadMapHash.LeafSize, HeadMapHash.LeafSize));
        return count + 1;
    }

    private Hash256 HashOf(HeadNode? node, ref int leaf) => node is HeadLeaf ? _leaves[leaf++] : HeadNode.HashOf(node);
}
