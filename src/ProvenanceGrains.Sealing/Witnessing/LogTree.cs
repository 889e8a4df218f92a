using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Sealing.Witnessing;

/// <summary>The committed tree out of its tiles: consistency proofs for witnesses, and roots to compare theirs with.</summary>
internal sealed class LogTree(ILogReader log)
{
    /// <summary>The proof that the tree of <paramref name="newSize"/> begins with that of <paramref name="oldSize"/>.</summary>
    /// <exception cref="InvalidDataException">A tile that the tree has is not there, or is too short.</exception>
    public async Task<Hash256[]> ConsistencyAsync(long oldSize, long newSize, CancellationToken cancellation)
    {
        var read = await ReadAsync(MerkleProofs.ConsistencyNodes(oldSize, newSize), newSize, cancellation);
        return MerkleProofs.Consistency(oldSize, newSize, read);
    }

    /// <summary>The root of the first <paramref name="size"/> leaves.</summary>
    /// <exception cref="InvalidDataException">As above.</exception>
    public async Task<Hash256> RootAsync(long size, CancellationToken cancellation) =>
        MerkleProofs.Root(size, await ReadAsync(MerkleProofs.FrontierNodes(size), size, cancellation));

    private async Task<NodeReader> ReadAsync(IReadOnlyList<TreeNode> nodes, long size, CancellationToken cancellation)
    {
        var tiles = new Dictionary<TilePath, ReadOnlyMemory<byte>>();
        foreach (var path in TileLayout.TilesOf(nodes, size))
        {
            tiles[path] = await log.ReadHashTileAsync(path, cancellation);
        }

        return TileLayout.NodesFrom(size, path => tiles[path]);
    }
}
