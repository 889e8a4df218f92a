using System.Runtime.InteropServices;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Merkle;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>A leaf of the log, in the log's order.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Header">Null if the entry is no header; that has been reported.</param>
/// <param name="Hash">Its leaf hash.</param>
/// <param name="IsBlock">Whether it belongs to the sealer's own journal.</param>
internal readonly record struct LogLeaf(long Index, EntryHeader? Header, Hash256 Hash, bool IsBlock);

/// <summary>
/// Audits a public log against one checkpoint: every tile is computed anew from the entries and compared byte by byte, every
/// entry continues its journal, every block seals what lies before it, and the root is the signed one.
/// </summary>
/// <remarks>
/// Steps: 1. each entry bundle is read and hashed; 2. its hashes are compared with the tile of level 0; 3. journals and blocks
/// are followed; 4. tiles of higher levels are compared as they fill; 5. at the end the partial ones, the root, and that the
/// last leaf is a block. Memory: the heads of all journals, and a few files.
/// </remarks>
internal sealed class LogAudit(ILogSource source, VerifierKey key, Findings findings, LogInventory? inventory)
{
    /// <summary>Bundles that are asked for ahead of the one at hand.</summary>
    private const int Lookahead = 16;

    private readonly TreeEdge _edge = new();
    private readonly TileQueue _filled = new();

    /// <summary>The tree as the tiles of level 0 have it: where the two differ, the signed root tells which was changed.</summary>
    private readonly MerkleFrontier _stored = new();

    private bool _lastIsBlock;
    private long _files;
    private long _bytes;

    public JournalHeads Journals { get; } = new();

    public BlockChain Blocks { get; } = new(BlockIdentity.Of(key));

    /// <summary>Files read and compared.</summary>
    public long Files => Interlocked.Read(ref _files);

    /// <summary>Bytes of them.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>A checkpoint of an earlier size that the log has also signed; null for none.</summary>
    public Checkpoint? Earlier { get; init; }

    /// <summary>The first leaf whose entry could not be read: behind it journals are not followed. Null if there is none.</summary>
    public long? Unfollowed { get; private set; }

    public async Task RunAsync(
        Checkpoint checkpoint, Action<LogLeaf>? visit, IProgressMeter meter, CancellationToken cancellation)
    {
        var bundles = (checkpoint.Size / TilePath.FullWidth) + (checkpoint.Size % TilePath.FullWidth == 0 ? 0 : 1);
        var waiting = new Queue<(TilePath Path, Task<byte[]?> Bundle, Task<byte[]?> Tile)>();
        var asked = 0L;
        for (var index = 0L; index < bundles; index++)
        {
            for (; asked < bundles && waiting.Count < Lookahead; asked++)
            {
                var width = (int)Math.Min(TilePath.FullWidth, checkpoint.Size - (asked * TilePath.FullWidth));
                var path = new TilePath(TilePath.Entries, asked, width);
                waiting.Enqueue((path, ReadAsync(path, cancellation), ReadAsync(path with { Level = 0 }, cancellation)));
            }

            var (at, bundle, tile) = waiting.Dequeue();
            if (!await TakeBundleAsync(at, await bundle, await tile, visit, cancellation))
            {
                return;
            }

            await CompareFilledAsync(cancellation);
            meter.Report(_edge.Size, checkpoint.Size);
        }

        _edge.WritePartials(_filled);
        await CompareFilledAsync(cancellation);
        Finish(checkpoint);
    }

    /// <returns>False if the tree cannot be followed any further.</returns>
    private async Task<bool> TakeBundleAsync(
        TilePath path, byte[]? bundle, byte[]? tile, Action<LogLeaf>? visit, CancellationToken cancellation)
    {
        var first = _edge.Size;
        var content = BundleContent.Read(bundle, path);
        foreach (var (entry, message) in content.Errors)
        {
            findings.Fail(entry < 0
                ? new Finding(message, source.Prefix + path, Leaf: first)
                : new Finding(message, source.Prefix + path, content.Offset(entry), EntryHeader.Size, first + entry));
        }

        var stored = ReadHashes(path with { Level = 0 }, tile);
        if (content.Hashes.Length == 0)
        {
            // The tree can still be followed by the tile, but no journal can.
            Unfollowed ??= first;
        }

        var hashes = content.Hashes.Length > 0 ? content.Hashes : stored;
        if (hashes.Length == 0)
        {
            findings.Fail(new Finding("Neither entries nor hashes can be read here: the audit of the log ends.", Leaf: first));
            return false;
        }

        CompareLeaves(path, first, content, stored);
        await CompareNarrowerAsync(path, bundle ?? [], width => content.Ends.Length < width ? 0 : content.Ends[width - 1], cancellation);
        await CompareNarrowerAsync(
            path with { Level = 0 }, MemoryMarshal.AsBytes(hashes.AsSpan()).ToArray(), width => width * Hash256.Size, cancellation);
        for (var i = 0; i < hashes.Length; i++)
        {
            _edge.Append(hashes[i], _filled);
            _stored.Append(stored.Length > 0 ? stored[i] : hashes[i]);
            if (Earlier is not null && _edge.Size == Earlier.Size && _edge.Root() != Earlier.Root)
            {
                findings.Fail(new Finding(
                    $"The first {Earlier.Size} entries give root {_edge.Root()}, but {Earlier.Root} was signed for them.",
                    source.Prefix + "checkpoint"));
            }

            if (Unfollowed is null)
            {
                Follow(new LogLeaf(first + i, content.Headers[i], hashes[i], IsBlock(content.Headers[i])), path, content.Offset(i), visit);
            }
        }

        return true;
    }

    private bool IsBlock(EntryHeader? header) => header is { } known && Blocks.IsBlock(known);

    private void Follow(LogLeaf leaf, TilePath path, int offset, Action<LogLeaf>? visit)
    {
        if (leaf.Header is { } header)
        {
            // A block is followed as an entry and as a block, whatever the first of the two finds.
            var error = Journals.Follow(header, leaf.Hash);
            var blockError = leaf.IsBlock ? Blocks.Follow(leaf.Index, header, leaf.Hash) : null;
            if ((error ?? blockError) is { } message)
            {
                findings.Fail(new Finding(message, source.Prefix + path, offset, EntryHeader.Size, leaf.Index));
            }
        }

        _lastIsBlock = leaf.IsBlock;
        visit?.Invoke(leaf);
    }

    private void CompareLeaves(TilePath path, long first, BundleContent content, Hash256[] stored)
    {
        var count = Math.Min(content.Hashes.Length, stored.Length);
        for (var i = 0; i < count; i++)
        {
            if (content.Hashes[i] != stored[i])
            {
                findings.Fail(new Finding(
                    $"The tile holds {stored[i]}, but the entry at byte {content.Offset(i)} of {source.Prefix}{path} hashes to {content.Hashes[i]}.",
                    source.Prefix + (path with { Level = 0 }), i * Hash256.Size, Hash256.Size, first + i));
            }
        }
    }

    private Hash256[] ReadHashes(TilePath path, byte[]? tile)
    {
        if (tile is null || tile.Length != path.ContentLength)
        {
            findings.Fail(new Finding(
                tile is null ? "The tile is missing." : $"The tile has {tile.Length} bytes, not {path.ContentLength}.", source.Prefix + path));
            return [];
        }

        return MemoryMarshal.Cast<byte, Hash256>(tile.AsSpan()).ToArray();
    }

    /// <summary>Compares the tiles above level 0 that have been filled since the last call.</summary>
    private async Task CompareFilledAsync(CancellationToken cancellation)
    {
        while (_filled.TryTake(out var path, out var computed))
        {
            var stored = await ReadAsync(path, cancellation);
            var (name, shift) = (source.Prefix + path, path.Level * TileLayout.Height);
            if (stored is null || stored.Length != computed.Length)
            {
                findings.Fail(new Finding(
                    stored is null ? "The tile is missing." : $"The tile has {stored.Length} bytes, not {computed.Length}.", name));
            }
            else if (stored.AsSpan().CommonPrefixLength(computed) is var same && same < computed.Length)
            {
                var column = same / Hash256.Size;
                var node = (path.Index * TilePath.FullWidth) + column;
                findings.Fail(new Finding(
                    $"The tile holds another hash than the leaves {node << shift} to {((node + 1) << shift) - 1} give.",
                    name, column * Hash256.Size, Hash256.Size));
            }

            await CompareNarrowerAsync(path, computed, width => width * Hash256.Size, cancellation);
        }
    }

    /// <summary>Older, narrower files of the same place hold the same bytes, only fewer.</summary>
    private async Task CompareNarrowerAsync(TilePath path, byte[] content, Func<int, int> lengthOf, CancellationToken cancellation)
    {
        foreach (var narrower in inventory?.NarrowerThan(path) ?? [])
        {
            var stored = await ReadAsync(narrower, cancellation) ?? [];
            var expected = content.AsMemory(0, lengthOf(narrower.Width));
            var same = stored.AsSpan().CommonPrefixLength(expected.Span);
            if (same < stored.Length || same < expected.Length)
            {
                findings.Fail(new Finding(
                    $"The partial file is not what {source.Prefix}{path} begins with.", source.Prefix + narrower, same));
            }
        }
    }

    private void Finish(Checkpoint checkpoint)
    {
        if (_edge.Root() != checkpoint.Root)
        {
            findings.Fail(new Finding(
                $"The {checkpoint.Size} entries give root {_edge.Root()}, but the checkpoint signs {checkpoint.Root}.",
                source.Prefix + "checkpoint"));
            if (_stored.Root() == checkpoint.Root)
            {
                findings.Note("The tiles of level 0 give the signed root: it is entries that were changed.");
            }
        }
        else if (_stored.Root() != checkpoint.Root)
        {
            findings.Note("The entries give the signed root: it is tiles that were changed.");
        }

        if (Unfollowed is { } leaf)
        {
            findings.Note($"From leaf {leaf} on journals and blocks were not followed: an entry bundle cannot be read.");
        }
        else if (checkpoint.Size > 0 && !_lastIsBlock)
        {
            findings.Fail(new Finding("The last leaf is not a block: the checkpoint signs entries that no block seals.", Leaf: checkpoint.Size - 1));
        }
    }

    private async Task<byte[]?> ReadAsync(TilePath path, CancellationToken cancellation)
    {
        inventory?.Done(path);
        var content = await source.ReadAsync(path, cancellation);

        // Reads run ahead of the audit, several at a time.
        Interlocked.Increment(ref _files);
        Interlocked.Add(ref _bytes, content?.Length ?? 0);
        return content;
    }
}
