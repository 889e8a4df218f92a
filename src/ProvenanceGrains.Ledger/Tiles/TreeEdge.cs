using ProvenanceGrains.Ledger.Merkle;

namespace ProvenanceGrains.Ledger.Tiles;

/// <summary>Takes the tiles that <see cref="TreeEdge"/> completes. The hashes are valid during the call only.</summary>
public interface ITileSink
{
    /// <param name="tile">Full, or partial where <see cref="TreeEdge.WritePartials"/> calls.</param>
    /// <param name="hashes">As many as the tile is wide; their bytes in order are the tile's content.</param>
    void Write(TilePath tile, ReadOnlySpan<Hash256> hashes);
}

/// <summary>
/// The right edge of a tiled tree: its size, frontier and rightmost tile of each level, which is all that a log needs to
/// grow. Growing is a pure function of what was in the edge and of the new leaf hashes; it hashes each node once.
/// </summary>
public sealed class TreeEdge
{
    private const int Levels = 8;
    private readonly MerkleFrontier _frontier;
    private readonly Hash256[][] _tiles;

    /// <summary>The edge of the empty tree.</summary>
    public TreeEdge()
        : this(new MerkleFrontier())
    {
    }

    private TreeEdge(MerkleFrontier frontier)
    {
        _frontier = frontier;
        _tiles = new Hash256[Levels][];
        for (var level = 0; level < Levels; level++)
        {
            _tiles[level] = [];
        }
    }

    /// <summary>The number of leaves.</summary>
    public long Size => _frontier.Size;

    /// <summary>The root hash.</summary>
    public Hash256 Root() => _frontier.Root();

    /// <summary>The tiles that <see cref="Load"/> reads: the tree's partial ones. Its whole frontier lies in them.</summary>
    public static IReadOnlyList<TilePath> TilesToLoad(long size) =>
        TileLayout.TilesOf(MerkleProofs.FrontierNodes(size), size);

    /// <summary>Restores the edge of a tree from its tiles.</summary>
    /// <param name="size">The number of leaves.</param>
    /// <param name="readTile">Gives the content of the tiles that <see cref="TilesToLoad"/> names.</param>
    public static TreeEdge Load(long size, Func<TilePath, ReadOnlyMemory<byte>> readTile)
    {
        ArgumentNullException.ThrowIfNull(readTile);
        var edge = new TreeEdge(MerkleFrontier.Load(size, TileLayout.NodesFrom(size, readTile)));
        foreach (var tile in TilesToLoad(size))
        {
            var content = readTile(tile).Span;
            var hashes = edge.TileAt(tile.Level);
            for (var i = 0; i < tile.Width; i++)
            {
                hashes[i] = new Hash256(content.Slice(i * Hash256.Size, Hash256.Size));
            }
        }

        return edge;
    }

    /// <summary>A copy that grows on its own.</summary>
    public TreeEdge Clone()
    {
        var copy = new TreeEdge(_frontier.Clone());
        for (var level = 0; level < Levels; level++)
        {
            copy._tiles[level] = [.. _tiles[level]];
        }

        return copy;
    }

    /// <summary>Appends a leaf. Every tile that it fills goes to <paramref name="sink"/>, lowest level first.</summary>
    public void Append(in Hash256 leafHash, ITileSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        Span<Hash256> roots = stackalloc Hash256[Levels - 1];
        var place = Size;
        var completed = _frontier.Append(leafHash, roots);
        Put(0, place, leafHash, sink);
        for (var i = 0; i < completed; i++)
        {
            place >>= TileLayout.Height;
            Put(i + 1, place, roots[i], sink);
        }
    }

    /// <summary>
    /// Writes the partial tiles of the tree as it is now; with the full ones that went to a sink before, these are
    /// all that <see cref="TileLayout.NewTiles"/> names, apart from those the older tree had in the same width.
    /// </summary>
    public void WritePartials(ITileSink sink)
    {
        ArgumentNullException.ThrowIfNull(sink);
        for (var level = 0; level < Levels; level++)
        {
            var count = Size >> (level * TileLayout.Height);
            var width = (int)(count % TilePath.FullWidth);
            if (width > 0)
            {
                sink.Write(new TilePath(level, count / TilePath.FullWidth, width), _tiles[level].AsSpan(0, width));
            }
        }
    }

    private void Put(int level, long place, in Hash256 hash, ITileSink sink)
    {
        var column = (int)(place % TilePath.FullWidth);
        var tile = TileAt(level);
        tile[column] = hash;
        if (column == TilePath.FullWidth - 1)
        {
            sink.Write(new TilePath(level, place / TilePath.FullWidth, TilePath.FullWidth), tile);
        }
    }

    /// <summary>A level's row is allocated when it is first used: most trees have three.</summary>
    private Hash256[] TileAt(int level)
    {
        if (_tiles[level].Length == 0)
        {
            _tiles[level] = new Hash256[TilePath.FullWidth];
        }

        return _tiles[level];
    }
}
