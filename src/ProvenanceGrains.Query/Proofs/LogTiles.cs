using System.Buffers.Binary;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Query.Caching;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>Inclusion proofs and headers out of the public log's tiles and entry bundles, which never change.</summary>
internal sealed class LogTiles(ILogReader log)
{
    // 16 kB a tile and 29 kB a bundle: at most 16 and 8 MB.
    private readonly DirectMappedCache<TilePath, HashTile> _tiles = new(1024);
    private readonly DirectMappedCache<TilePath, byte[]> _bundles = new(256);

    /// <summary>The inclusion proof of a leaf in the tree of <paramref name="size"/> leaves.</summary>
    /// <exception cref="InvalidDataException">A tile that the tree has is not there, or is too short.</exception>
    public async ValueTask<Hash256[]> InclusionAsync(long leaf, long size, CancellationToken cancellation)
    {
        var paths = TileLayout.TilesOf(MerkleProofs.InclusionNodes(leaf, size), size);
        var tiles = new HashTile[paths.Count];
        for (var i = 0; i < tiles.Length; i++)
        {
            tiles[i] = _tiles.Find(paths[i]) ?? await LoadAsync(paths[i], cancellation);
        }

        return MerkleProofs.Inclusion(leaf, size, node => tiles[PositionOf(paths, TileLayout.TileOf(node, size))].Read(node));
    }

    /// <summary>One proof for several leaves, strictly increasing, in the tree of <paramref name="size"/> leaves.</summary>
    /// <exception cref="InvalidDataException">A tile that the tree has is not there, or is too short.</exception>
    public async ValueTask<Hash256[]> SharedInclusionAsync(long[] leaves, long size, CancellationToken cancellation)
    {
        var tiles = new Dictionary<TilePath, HashTile>();
        foreach (var path in TileLayout.TilesOf(MultiProof.Nodes(leaves, size), size))
        {
            tiles[path] = _tiles.Find(path) ?? await LoadAsync(path, cancellation);
        }

        return MultiProof.Make(leaves, size, node => tiles[TileLayout.TileOf(node, size)].Read(node));
    }

    /// <summary>The encoded header that is a leaf's content.</summary>
    /// <exception cref="InvalidDataException">The bundle is not there, or holds something else than headers.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> HeaderAsync(long leaf, long size, CancellationToken cancellation)
    {
        const int Record = 2 + EntryHeader.Size;
        var index = leaf / TilePath.FullWidth;
        var width = (int)Math.Min(TilePath.FullWidth, size - (index * TilePath.FullWidth));
        var path = new TilePath(TilePath.Entries, index, width);
        var bundle = _bundles.Find(path) ?? _bundles.Find(path.Full);
        if (bundle is null)
        {
            (_, bundle) = await log.ReadTileAsync(path, cancellation);
            _bundles.Keep(path, bundle);
        }

        var at = (int)(leaf % TilePath.FullWidth) * Record;
        return bundle.Length >= at + Record && BinaryPrimitives.ReadUInt16BigEndian(bundle.AsSpan(at)) == EntryHeader.Size
            ? bundle.AsMemory(at + 2, EntryHeader.Size)
            : throw new InvalidDataException($"log/{path} holds no header for leaf {leaf}.");
    }

    // A proof touches one tile a level: two or three in all.
    private static int PositionOf(IReadOnlyList<TilePath> paths, TilePath path)
    {
        var position = 0;
        while (paths[position] != path)
        {
            position++;
        }

        return position;
    }

    private async ValueTask<HashTile> LoadAsync(TilePath path, CancellationToken cancellation)
    {
        if (path.IsPartial && _tiles.Find(path.Full) is { } full)
        {
            return full;
        }

        var tile = HashTile.Build(await log.ReadHashTileAsync(path, cancellation), path.Width);
        _tiles.Keep(path, tile);
        return tile;
    }
}
