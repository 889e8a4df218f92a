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
    // 16 kB a tile, partial or above the leaves, and 1 kB a full tile of leaves: at most 16 MB each, which is 4 million entries and more.
    private readonly DirectMappedCache<TilePath, HashTile> _tiles = new(1024);
    private readonly DirectMappedCache<long, LeafTile> _leafTiles = new(16_384);

    /// <summary>The inclusion proof of a leaf in the tree of <paramref name="size"/> leaves.</summary>
    /// <exception cref="InvalidDataException">A tile that the tree has is not there, or is too short.</exception>
    public async ValueTask<Hash256[]> InclusionAsync(long leaf, long size, CancellationToken cancellation)
    {
        var nodes = await LoadAsync(MerkleProofs.InclusionNodes(leaf, size), size, cancellation);
        return MerkleProofs.Inclusion(leaf, size, node => nodes[node]);
    }

    /// <summary>One proof for several leaves, strictly increasing, in the tree of <paramref name="size"/> leaves.</summary>
    /// <exception cref="InvalidDataException">A tile that the tree has is not there, or is too short.</exception>
    public async ValueTask<Hash256[]> SharedInclusionAsync(long[] leaves, long size, CancellationToken cancellation)
    {
        var nodes = await LoadAsync(MultiProof.Nodes(leaves, size), size, cancellation);
        return MultiProof.Make(leaves, size, node => nodes[node]);
    }

    /// <summary>The encoded header that is a leaf's content.</summary>
    /// <exception cref="InvalidDataException">The bundle is not there, or holds something else than headers.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> HeaderAsync(long leaf, long size, CancellationToken cancellation)
    {
        const int Record = 2 + EntryHeader.Size;
        var index = leaf / TilePath.FullWidth;
        var width = (int)Math.Min(TilePath.FullWidth, size - (index * TilePath.FullWidth));
        var path = new TilePath(TilePath.Entries, index, width);
        var record = new byte[Record];
        var at = (int)(leaf % TilePath.FullWidth) * Record;
        return await log.ReadTilePartAsync(path, at, record, cancellation) == Record && BinaryPrimitives.ReadUInt16BigEndian(record) == EntryHeader.Size
            ? record.AsMemory(2)
            : throw new InvalidDataException($"log/{path} holds no header for leaf {leaf}.");
    }

    /// <summary>The hashes of nodes, in whatever order: neighbours share what is read.</summary>
    private async ValueTask<Dictionary<TreeNode, Hash256>> LoadAsync(IReadOnlyList<TreeNode> nodes, long size, CancellationToken cancellation)
    {
        var hashes = new Dictionary<TreeNode, Hash256>(nodes.Count);
        var group = new byte[LeafTile.GroupBytes];
        var loaded = -1L;
        foreach (var node in nodes)
        {
            var path = TileLayout.TileOf(node, size);
            if (path.Level != 0 || path.IsPartial)
            {
                hashes[node] = (_tiles.Find(path) ?? await LoadTileAsync(path, cancellation)).Read(node);
            }
            else if (LeafTile.Keeps(node))
            {
                hashes[node] = (_leafTiles.Find(path.Index) ?? await LoadLeafTileAsync(path, cancellation)).Read(node);
            }
            else
            {
                if (loaded != LeafTile.GroupOf(node))
                {
                    loaded = LeafTile.GroupOf(node);
                    await LoadGroupAsync(path, loaded, group, cancellation);
                }

                hashes[node] = LeafTile.ReadInGroup(group, node);
            }
        }

        return hashes;
    }

    private async ValueTask<HashTile> LoadTileAsync(TilePath path, CancellationToken cancellation)
    {
        if (path.IsPartial && _tiles.Find(path.Full) is { } full)
        {
            return full;
        }

        var tile = HashTile.Build(await log.ReadHashTileAsync(path, cancellation), path.Width);
        _tiles.Keep(path, tile);
        return tile;
    }

    private async ValueTask<LeafTile> LoadLeafTileAsync(TilePath path, CancellationToken cancellation)
    {
        var tile = LeafTile.Build(await log.ReadHashTileAsync(path, cancellation));
        _leafTiles.Keep(path.Index, tile);
        return tile;
    }

    private async ValueTask LoadGroupAsync(TilePath path, long group, byte[] destination, CancellationToken cancellation)
    {
        var at = (int)(group % (TilePath.FullWidth / LeafTile.GroupWidth)) * LeafTile.GroupBytes;
        if (await log.ReadTilePartAsync(path, at, destination, cancellation) < LeafTile.GroupBytes)
        {
            throw new InvalidDataException($"log/{path} has fewer bytes than the {path.ContentLength} that the tree needs.");
        }
    }
}
