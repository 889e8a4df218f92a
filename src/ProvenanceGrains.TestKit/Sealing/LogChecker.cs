using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tiles;
using ProvenanceGrains.Storage.Sealing;
using Xunit;

namespace ProvenanceGrains.TestKit.Sealing;

/// <summary>
/// Reads a whole public log and checks all that must hold of it, every block's head map root included, and that it continues the one seen before.
/// </summary>
/// <param name="key">The log's key.</param>
/// <param name="rule">The log's index rule; null for the open one.</param>
public sealed class LogChecker(VerifierKey key, IndexRule? rule = null)
{
    private Checkpoint? _last;
    private (byte[] Note, Checkpoint Checkpoint)? _opened;

    /// <summary>Blocks below this height have no head map root: an older version sealed them.</summary>
    public long FirstHeightWithMap { get; init; }

    /// <summary>The entries that the log has sealed, in order, blocks left out.</summary>
    public async Task<IReadOnlyList<EntryHeader>> CheckAsync(ILogReader log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var note = await log.ReadCheckpointAsync(CancellationToken.None);
        if (note is null)
        {
            Assert.Null(_last);
            return [];
        }

        var checkpoint = Open(note);

        var frontier = new MerkleFrontier();
        var entries = new List<EntryHeader>();
        var heads = new Dictionary<EntityIndex, (long Next, Ledger.Hash256 Leaf, long TimeMs)>();
        var identity = BlockIdentity.Of(key, rule);
        BlockHead? block = null;
        var map = HeadMap.Empty;
        var changed = new Dictionary<EntityIndex, EntityHead>();
        long inBlock = 0;
        await foreach (var header in LeavesAsync(log, checkpoint.Size))
        {
            var leaf = header.LeafHash();
            var head = heads.GetValueOrDefault(header.Index);
            Assert.Equal(head.Next, header.Sequence);
            Assert.Equal(head.Leaf, header.Previous);
            Assert.True(header.TimeMs >= head.TimeMs, "Time goes back.");
            heads[header.Index] = (head.Next + 1, leaf, header.TimeMs);
            if (header.Index == identity.Index)
            {
                map = map.Update(changed);
                changed.Clear();
                var root = header.Sequence < FirstHeightWithMap ? Ledger.Hash256.Zero : map.Root;
                var rebuilt = BlockBuilder.Build(identity, block, inBlock, header.TimeMs, root);
                Assert.Equal(rebuilt.Header, header);
                block = rebuilt.ToHead();
                var record = await log.ReadBlockAsync(header.Sequence, CancellationToken.None);
                Assert.Equal(new BlockRecord(rebuilt.Header, rebuilt.Content).ToArray(), record);
                inBlock = 0;
            }
            else
            {
                entries.Add(header);
                changed[header.Index] = new EntityHead(header.Sequence + 1, leaf);
                inBlock++;
            }

            frontier.Append(leaf);
            if (frontier.Size == _last?.Size)
            {
                Assert.Equal(_last.Root, frontier.Root());
            }
        }

        Assert.Equal(0, inBlock);
        Assert.Equal(checkpoint.Root, frontier.Root());
        Assert.True(_last is null || _last.Size <= checkpoint.Size, "The log has shrunk.");
        await CheckTilesAsync(log, checkpoint);
        _last = checkpoint;
        return entries;
    }

    /// <summary>Signatures are dear: the same bytes are verified once.</summary>
    private Checkpoint Open(byte[] note)
    {
        if (_opened is { } known && known.Note.AsSpan().SequenceEqual(note))
        {
            return known.Checkpoint;
        }

        Assert.True(Checkpoint.TryOpen(note, key, out var checkpoint, out var error), error);
        _opened = (note, checkpoint);
        return checkpoint;
    }

    private static async IAsyncEnumerable<EntryHeader> LeavesAsync(ILogReader log, long size)
    {
        foreach (var path in TileLayout.NewBundles(0, size))
        {
            var bundle = await log.ReadFileAsync(path.ToString(), CancellationToken.None);
            Assert.True(bundle is not null, $"{path} is missing.");
            Assert.True(EntryBundle.TryParse(bundle, path.Width, out var entries, out var error), error);
            foreach (var entry in entries)
            {
                Assert.True(EntryHeader.TryParse(entry.Span, out var header, out error), error);
                yield return header;
            }
        }
    }

    private static async Task CheckTilesAsync(ILogReader log, Checkpoint checkpoint)
    {
        var tiles = new Dictionary<TilePath, ReadOnlyMemory<byte>>();
        foreach (var path in TileLayout.NewTiles(0, checkpoint.Size))
        {
            var tile = await log.ReadFileAsync(path.ToString(), CancellationToken.None);
            Assert.True(tile is not null, $"{path} is missing.");
            Assert.Equal(path.ContentLength, tile.Length);
            tiles[path] = tile;
        }

        var read = TileLayout.NodesFrom(checkpoint.Size, path => tiles[path]);
        Assert.Equal(checkpoint.Root, MerkleProofs.Root(checkpoint.Size, read));
    }
}
