using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Storage.Sealing;

/// <summary>Makes the head map out of the log's entry bundles, from the beginning or from an earlier version on.</summary>
/// <remarks>
/// Bundles are streamed; what is held is the last head of each entity met, at most <see cref="MaxHeld"/> of them before they go into the map.
/// The bundles are not trusted: a map is given out only if its root is the block's. A block without a root has nothing to compare with; a caller
/// who goes on from there has the tree's root checked by way of <c>tree</c>.
/// </remarks>
public static class HeadMapReplay
{
    /// <summary>Heads that are held before they are put into the map: some 100 MB.</summary>
    private const int MaxHeld = 1 << 20;

    /// <summary>The map after block <paramref name="height"/>, from nothing; -1 gives the empty map.</summary>
    /// <param name="log">The log.</param>
    /// <param name="height">The height of a block that is written, or -1.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">A file is missing or damaged, or the root is not the block's; the message names it.</exception>
    public static Task<HeadMap> RebuildAsync(ILogReader log, long height, CancellationToken cancellation) =>
        AdvanceAsync(log, HeadMap.Empty, -1, height, cancellation);

    /// <summary>The map after block <paramref name="toHeight"/>, from the one after <paramref name="fromHeight"/>.</summary>
    /// <param name="log">The log.</param>
    /// <param name="map">The map after block <paramref name="fromHeight"/>; the empty one for -1.</param>
    /// <param name="fromHeight">-1 or the height of a block.</param>
    /// <param name="toHeight">Not below <paramref name="fromHeight"/>.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidDataException">A file is missing or damaged, or the root is not the block's; the message names it.</exception>
    public static async Task<HeadMap> AdvanceAsync(
        ILogReader log, HeadMap map, long fromHeight, long toHeight, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(map);
        ArgumentOutOfRangeException.ThrowIfLessThan(toHeight, fromHeight);
        if (toHeight < 0)
        {
            return map;
        }

        var last = await log.ReadBlockRecordAsync(toHeight, cancellation);
        var from = fromHeight < 0 ? 0 : (await log.ReadBlockRecordAsync(fromHeight, cancellation)).Content.TreeSizeAfter;
        var next = await FoldAsync(log, map, from, last, tree: null, cancellation);
        var root = last.Content.HeadMapRoot;
        return root.IsZero || root == next.Root
            ? next
            : throw new InvalidDataException(
                $"The entries under log/tile/entries give the head map root {next.Root}, but block {toHeight} has {root}.");
    }

    /// <summary>The map of a log whose last block has no root yet, every leaf of it checked against the tree.</summary>
    /// <exception cref="InvalidDataException">A file is missing or damaged, or the leaves do not give the tree's root.</exception>
    public static async Task<HeadMap> TakeOverAsync(ILogReader log, long height, Hash256 treeRoot, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(log);
        var tree = new MerkleFrontier();
        var map = await FoldAsync(log, HeadMap.Empty, 0, await log.ReadBlockRecordAsync(height, cancellation), tree, cancellation);
        return tree.Root() == treeRoot
            ? map
            : throw new InvalidDataException("The entries under log/tile/entries are not the leaves of the tree that chain/checkpoint signs.");
    }

    private static async Task<HeadMap> FoldAsync(
        ILogReader log, HeadMap map, long from, BlockRecord last, MerkleFrontier? tree, CancellationToken cancellation)
    {
        var heads = new Dictionary<EntityIndex, EntityHead>();
        foreach (var path in TileLayout.NewBundles(from, last.Content.TreeSizeAfter))
        {
            var entries = await ReadBundleAsync(log, path, cancellation);
            var first = path.Index * TilePath.FullWidth;
            for (var i = (int)Math.Max(0, from - first); i < path.Width; i++)
            {
                if (!EntryHeader.TryParse(entries[i].Span, out var header, out var error))
                {
                    throw new InvalidDataException($"log/{path}, entry {i}: {error}");
                }

                var leaf = header.LeafHash();
                tree?.Append(leaf);

                // Blocks chain themselves: the sealer's own journal is not in the map.
                if (header.Index != last.Header.Index)
                {
                    var before = heads.TryGetValue(header.Index, out var held) ? held : map.Find(header.Index).GetValueOrDefault();
                    heads[header.Index] = before.Length == header.Sequence && before.LastLeafHash == header.Previous
                        ? new EntityHead(header.Sequence + 1, leaf)
                        : throw new InvalidDataException($"log/{path}, entry {i}: it does not continue its journal.");
                }
            }

            if (heads.Count >= MaxHeld)
            {
                map = map.Update(heads);
                heads.Clear();
            }
        }

        return map.Update(heads);
    }

    private static async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadBundleAsync(
        ILogReader log, TilePath path, CancellationToken cancellation)
    {
        var (read, bundle) = await log.ReadTileAsync(path, cancellation);
        return EntryBundle.TryParse(bundle, read.Width, out var entries, out var error)
            ? entries
            : throw new InvalidDataException($"log/{read}: {error}");
    }
}
