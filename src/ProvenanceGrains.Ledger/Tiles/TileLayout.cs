using ProvenanceGrains.Ledger.Merkle;

namespace ProvenanceGrains.Ledger.Tiles;

/// <summary>Which tiles and bundles a tree of some size has, and where in them a node lies (C2SP tlog-tiles).</summary>
public static class TileLayout
{
    /// <summary>Tree levels per tile.</summary>
    public const int Height = 8;

    /// <summary>
    /// The tiles that a log must write when it grows: every tile of the new tree that the old one did not have in the same
    /// width. Level by level, from 0, each in the order of their index.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The old size is over the new one, or negative.</exception>
    public static IEnumerable<TilePath> NewTiles(long oldSize, long newSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        return Levels();

        IEnumerable<TilePath> Levels()
        {
            for (var level = 0; level * Height < 63; level++)
            {
                foreach (var tile in Between(level, oldSize >> (level * Height), newSize >> (level * Height)))
                {
                    yield return tile;
                }
            }
        }
    }

    /// <summary>The entry bundles that a log must write when it grows, in the order of their index.</summary>
    public static IEnumerable<TilePath> NewBundles(long oldSize, long newSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(oldSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(oldSize, newSize);
        return Between(TilePath.Entries, oldSize, newSize);
    }

    /// <summary>The tile, as a tree of <paramref name="size"/> has it, out of which a node's hash can be computed.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The node is not whole within the tree.</exception>
    public static TilePath TileOf(TreeNode node, long size)
    {
        var level = node.Level / Height;
        var first = node.Index << (node.Level % Height);
        var index = first / TilePath.FullWidth;
        var width = Math.Min(TilePath.FullWidth, (size >> (level * Height)) - (index * TilePath.FullWidth));
        ArgumentOutOfRangeException.ThrowIfNegative(node.Index, nameof(node));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(node.Index, size >> node.Level, nameof(node));
        return new TilePath(level, index, (int)width);
    }

    /// <summary>The distinct tiles that hold <paramref name="nodes"/> in a tree of <paramref name="size"/>.</summary>
    public static IReadOnlyList<TilePath> TilesOf(IEnumerable<TreeNode> nodes, long size)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        return [.. nodes.Select(node => TileOf(node, size)).Distinct()];
    }

    /// <summary>Computes a node out of its tile's content.</summary>
    /// <param name="node">The node.</param>
    /// <param name="tile">Content of the tile that <see cref="TileOf"/> names, or of a wider one at the same place.</param>
    /// <exception cref="ArgumentException">The content is too short.</exception>
    public static Hash256 ReadNode(TreeNode node, ReadOnlySpan<byte> tile)
    {
        var shift = node.Level % Height;
        var first = (int)((node.Index << shift) % TilePath.FullWidth);
        var count = 1 << shift;
        if (tile.Length < (first + count) * Hash256.Size)
        {
            throw new ArgumentException($"Node {node} is not whole within a tile of {tile.Length} bytes.", nameof(tile));
        }

        Span<Hash256> row = stackalloc Hash256[TilePath.FullWidth / 2];
        if (count == 1)
        {
            return new Hash256(tile.Slice(first * Hash256.Size, Hash256.Size));
        }

        for (var i = 0; i < count / 2; i++)
        {
            var at = (first + (2 * i)) * Hash256.Size;
            row[i] = MerkleHash.Node(
                new Hash256(tile.Slice(at, Hash256.Size)), new Hash256(tile.Slice(at + Hash256.Size, Hash256.Size)));
        }

        for (count /= 2; count > 1; count /= 2)
        {
            for (var i = 0; i < count / 2; i++)
            {
                row[i] = MerkleHash.Node(row[2 * i], row[(2 * i) + 1]);
            }
        }

        return row[0];
    }

    /// <summary>A reader of nodes over tiles: <paramref name="readTile"/> gives the content of the tile that is named.</summary>
    public static NodeReader NodesFrom(long size, Func<TilePath, ReadOnlyMemory<byte>> readTile)
    {
        ArgumentNullException.ThrowIfNull(readTile);
        return node => ReadNode(node, readTile(TileOf(node, size)).Span);
    }

    private static IEnumerable<TilePath> Between(int level, long oldCount, long newCount)
    {
        for (var index = oldCount / TilePath.FullWidth; index * TilePath.FullWidth < newCount && oldCount < newCount; index++)
        {
            var width = Math.Min(TilePath.FullWidth, newCount - (index * TilePath.FullWidth));
            yield return new TilePath(level, index, (int)width);
        }
    }
}
