using System.Numerics;

namespace ProvenanceGrains.Ledger.Merkle;

/// <summary>
/// What is needed of a tree to append to it and to know its root: the roots of the complete subtrees that its size's
/// binary digits name, the largest leftmost. Appending a leaf costs one hash on average and allocates nothing.
/// </summary>
/// <remarks>
/// Invariant: for every bit <c>b</c> set in <see cref="Size"/>, <c>_nodes[b]</c> is the root of the complete subtree of
/// 2^b leaves that ends where the set bits above and including <c>b</c> end. Other slots hold stale values.
/// </remarks>
public sealed class MerkleFrontier
{
    private const int MaxLevels = 63;
    private readonly Hash256[] _nodes = new Hash256[MaxLevels];

    /// <summary>The frontier of the empty tree.</summary>
    public MerkleFrontier()
    {
    }

    private MerkleFrontier(MerkleFrontier other)
    {
        Size = other.Size;
        other._nodes.CopyTo(_nodes.AsSpan());
    }

    /// <summary>The number of leaves.</summary>
    public long Size { get; private set; }

    /// <summary>Builds the frontier of a tree out of its complete subtrees, e.g. read back from tiles.</summary>
    /// <param name="size">The number of leaves, not negative.</param>
    /// <param name="read">Gives the nodes that <see cref="MerkleProofs.FrontierNodes"/> names.</param>
    public static MerkleFrontier Load(long size, NodeReader read)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        var frontier = new MerkleFrontier { Size = size };
        foreach (var node in MerkleProofs.FrontierNodes(size))
        {
            frontier._nodes[node.Level] = read(node);
        }

        return frontier;
    }

    public MerkleFrontier Clone() => new(this);

    /// <summary>Appends a leaf.</summary>
    /// <param name="leafHash">Its leaf hash, not its content.</param>
    public void Append(in Hash256 leafHash) => Append(leafHash, []);

    /// <summary>
    /// Appends a leaf and reports the subtrees of 2^8, 2^16, ... leaves that it completes: the roots of full tiles.
    /// </summary>
    /// <param name="leafHash">Its leaf hash.</param>
    /// <param name="tileRoots">Where the roots go, smallest first; 7 places are always enough.</param>
    /// <returns>The number of roots.</returns>
    internal int Append(in Hash256 leafHash, Span<Hash256> tileRoots)
    {
        var node = leafHash;
        var level = 0;
        var completed = 0;
        for (var rest = Size; (rest & 1) != 0; rest >>= 1)
        {
            node = MerkleHash.Node(_nodes[level], node);
            level++;
            if (level % 8 == 0 && completed < tileRoots.Length)
            {
                tileRoots[completed] = node;
                completed++;
            }
        }

        _nodes[level] = node;
        Size++;
        return completed;
    }

    /// <summary>The root hash (RFC 9162 section 2.1.1); for the empty tree <see cref="MerkleHash.EmptyRoot"/>.</summary>
    public Hash256 Root()
    {
        if (Size == 0)
        {
            return MerkleHash.EmptyRoot;
        }

        var level = BitOperations.TrailingZeroCount(Size);
        var root = _nodes[level];
        for (level++; level < MaxLevels; level++)
        {
            if (((Size >> level) & 1) != 0)
            {
                root = MerkleHash.Node(_nodes[level], root);
            }
        }

        return root;
    }
}
