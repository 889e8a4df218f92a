using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Sealing;

/// <summary>
/// Brings a sealer to where its store stands: finishes the block that a crash interrupted, by the same calls as normal
/// operation, and restores the tree's edge. Refuses to go on from anything that does not fit together.
/// </summary>
internal static class SealRecovery
{
    /// <exception cref="InvalidDataException">The store contradicts itself; the message names the file.</exception>
    public static async Task<SealPosition> RunAsync(
        ISealStore store,
        ICheckpointPublication publication,
        BlockIdentity identity,
        VerifierKey key,
        HeadMapVersions versions,
        CancellationToken cancellation)
    {
        var committed = await store.ReadCommittedAsync(cancellation);
        var staged = await store.ReadStageAsync(cancellation);
        var published = await store.ReadCheckpointAsync(cancellation);
        if (committed is null)
        {
            if (published is not null || store.BlockCount > 0 || (staged is null && await store.WasSealedAsync(cancellation)))
            {
                throw new InvalidDataException(
                    "chain/checkpoint is missing, but this folder's log was sealed before. Restore chain/ and log/ from a backup: "
                    + "a second log under the same key would contradict the first.");
            }

            // Whatever is staged was never committed.
            await store.DropStageAsync(cancellation);
            return SealPosition.Empty;
        }

        var checkpoint = Open(committed, key, "chain/checkpoint");
        if (published is not null)
        {
            RefuseRollback(checkpoint, Open(published, key, "log/checkpoint"));
        }

        if (staged is not null && staged.Checkpoint.Span.SequenceEqual(committed))
        {
            await store.ApplyAsync(staged, cancellation);
        }

        var position = await LoadAsync(store, identity, committed, checkpoint, versions, cancellation);

        // Only now: a checkpoint is published after all that it covers is known to be there.
        await publication.OfferAsync(new CommittedCheckpoint(committed, position.Blocks, position.NextOrdinal), cancellation);
        await store.DropStageAsync(cancellation);
        return position;
    }

    /// <summary>What was published may be behind what is committed (a crash between the two, or witnesses out of reach), never ahead of it or beside it.</summary>
    private static void RefuseRollback(Checkpoint committed, Checkpoint published)
    {
        if (published.Size > committed.Size || (published.Size == committed.Size && published.Root != committed.Root))
        {
            throw new InvalidDataException(
                $"log/checkpoint was published for {published.Size} leaves, but chain/checkpoint is at {committed.Size}: chain/ was "
                + "set back. Going on would sign a second history.");
        }
    }

    /// <exception cref="InvalidDataException">It is not this log's, or not signed by its key.</exception>
    public static Checkpoint Open(byte[] signed, VerifierKey key, string file) => Checkpoint.TryOpen(signed, key, out var checkpoint, out var error)
        ? checkpoint
        : throw new InvalidDataException($"{file} is not this log's checkpoint: {error}");

    private static async Task<SealPosition> LoadAsync(
        ISealStore store,
        BlockIdentity identity,
        byte[] committed,
        Checkpoint checkpoint,
        HeadMapVersions versions,
        CancellationToken cancellation)
    {
        var tiles = new Dictionary<TilePath, ReadOnlyMemory<byte>>();
        foreach (var tile in TreeEdge.TilesToLoad(checkpoint.Size))
        {
            var content = await ReadAsync(store, tile, cancellation);
            tiles[tile] = content.Length == tile.ContentLength
                ? content
                : throw new InvalidDataException($"log/{tile} has {content.Length} bytes, not {tile.ContentLength}.");
        }

        var edge = TreeEdge.Load(checkpoint.Size, tile => tiles[tile]);
        if (edge.Root() != checkpoint.Root)
        {
            throw new InvalidDataException("The tiles under log/tile do not give the root that chain/checkpoint signs.");
        }

        var (head, last) = await LoadBlockAsync(store, identity, cancellation);
        if (head.Content.TreeSizeAfter != checkpoint.Size)
        {
            throw new InvalidDataException(
                $"chain/blocks.bin ends at tree size {head.Content.TreeSizeAfter}, chain/checkpoint at {checkpoint.Size}.");
        }

        var bundle = await LoadLastBundleAsync(store, checkpoint.Size, last, cancellation);
        var heads = await LoadHeadsAsync(store, head.Content, checkpoint, versions, cancellation);
        return new SealPosition(committed, edge, bundle, head, heads);
    }

    /// <summary>
    /// The head map after the last block: from the newest version that this process still has, else from the entry bundles. Its root is the
    /// block's, or nothing is sealed. A log of an older version is taken over: the next block's root covers all that was sealed before.
    /// </summary>
    private static async Task<HeadMap> LoadHeadsAsync(
        ISealStore store, BlockContent last, Checkpoint checkpoint, HeadMapVersions versions, CancellationToken cancellation)
    {
        if (last.HeadMapRoot.IsZero)
        {
            return await HeadMapReplay.TakeOverAsync(store, last.Height, checkpoint.Root, cancellation);
        }

        var (height, known) = versions.FindAtOrBelow(last.Height) ?? (-1, HeadMap.Empty);
        var map = height == last.Height && known.Root != last.HeadMapRoot
            ? throw new InvalidDataException($"The head map in memory is not that of block {height}.")
            : await HeadMapReplay.AdvanceAsync(store, known, height, last.Height, cancellation);
        versions.Add(last.Height, map);
        return map;
    }

    private static async Task<(BlockHead Head, EntryHeader Header)> LoadBlockAsync(
        ISealStore store, BlockIdentity identity, CancellationToken cancellation)
    {
        var height = store.BlockCount - 1;
        if (height < 0)
        {
            throw new InvalidDataException("chain/blocks.bin is empty, but the log has a checkpoint.");
        }

        var block = await store.ReadBlockRecordAsync(height, cancellation);
        if (block.Content.IndexRule != identity.IndexRule)
        {
            throw new InvalidDataException(
                $"chain/blocks.bin, block {height}: it has another index rule than this sealer. A log keeps its first block's.");
        }

        return block.Content.Height == height && block.Header.Index == identity.Index
            ? (block.ToHead(), block.Header)
            : throw new InvalidDataException($"chain/blocks.bin, block {height}: it is another block, or another log's.");
    }

    /// <summary>The partial bundle at the right edge, checked against the last block, which is the last leaf.</summary>
    private static async Task<ReadOnlyMemory<byte>> LoadLastBundleAsync(
        ISealStore store, long size, EntryHeader last, CancellationToken cancellation)
    {
        var path = new TilePath(
            TilePath.Entries, (size - 1) / TilePath.FullWidth, (int)((size - 1) % TilePath.FullWidth) + 1);
        var bundle = await ReadAsync(store, path, cancellation);
        if (!EntryBundle.TryParse(bundle, path.Width, out var entries, out var error))
        {
            throw new InvalidDataException($"log/{path}: {error}");
        }

        if (!entries[^1].Span.SequenceEqual(last.ToArray()))
        {
            throw new InvalidDataException($"log/{path} does not end with the last block of chain/blocks.bin.");
        }

        var level0 = await ReadAsync(store, path with { Level = 0 }, cancellation);
        for (var i = 0; i < entries.Count; i++)
        {
            var hash = MerkleHash.Leaf(entries[i].Span);
            if (!level0.Span.Slice(i * 32, 32).SequenceEqual(hash.AsSpan()))
            {
                throw new InvalidDataException($"log/{path}, entry {i}: it is not the leaf that the tile holds.");
            }
        }

        return path.IsPartial ? bundle : ReadOnlyMemory<byte>.Empty;
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(ISealStore store, TilePath path, CancellationToken cancellation) =>
        await store.ReadFileAsync(path.ToString(), cancellation)
            ?? throw new InvalidDataException($"log/{path} is missing.");
}
