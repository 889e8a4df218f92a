using System.Runtime.InteropServices;
using ProvenanceGrains.Cli.Logs;
using ProvenanceGrains.Cli.Output;
using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Checkpoints;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Tiles;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>A leaf of the log, in the log's order.</summary>
/// <param name="Index">From 0.</param>
/// <param name="Header">Null if the entry is no header; that has been reported.</param>
/// <param name="Hash">Its leaf hash.</param>
/// <param name="IsBlock">Whether it belongs to the sealer's own journal.</param>
internal readonly record struct LogLeaf(long Index, EntryHeader? Header, Hash256 Hash, bool IsBlock);

/// <summary>
/// Audits a public log against one checkpoint, from where a replay stands: every tile is computed anew from the entries and compared byte
/// by byte, every entry continues its journal, every block seals what lies before it, and the root is the signed one.
/// </summary>
/// <remarks>
/// Steps: 1. each entry bundle is read and hashed, ahead of the rest and on other threads; 2. its hashes are compared with the tile of
/// level 0; 3. journals and blocks are followed; 4. tiles of higher levels are compared as they fill; 5. at the end the partial ones, the
/// root, and that the last leaf is a block. Memory: the replay's, and a few files.
/// </remarks>
internal sealed class LogAudit(
    ILogSource source, LogReplay replay, TileComparison files, IReadOnlyList<Checkpoint> earlier, Findings findings)
{
    /// <summary>Bundles that are asked for ahead of the one at hand.</summary>
    private const int Lookahead = 16;

    /// <summary>
    /// The tree as the tiles of level 0 have it, from the first that differs from its entries: the signed root tells which of the two was
    /// changed.
    /// </summary>
    private TreeEdge? _stored;

    private bool _lastIsBlock;

    /// <summary>The first leaf whose entry could not be read: behind it journals are not followed. Null if there is none.</summary>
    public long? Unfollowed { get; private set; }

    /// <summary>Called with each leaf as it is followed.</summary>
    public Action<LogLeaf>? Visit { get; init; }

    /// <summary>Called after each bundle.</summary>
    public Action? AfterBundle { get; init; }

    public async Task RunAsync(Checkpoint checkpoint, IProgressMeter meter, CancellationToken cancellation)
    {
        var bundles = (checkpoint.Size / TilePath.FullWidth) + (checkpoint.Size % TilePath.FullWidth == 0 ? 0 : 1);
        var waiting = new Queue<(TilePath Path, Task<BundleContent> Bundle, Task<byte[]?> Tile)>();
        var begun = replay.Edge.Size;
        _lastIsBlock = begun == 0 || replay.Blocks.SealedLeaves == begun;
        CheckEarlier();
        var asked = begun / TilePath.FullWidth;
        for (var index = asked; index < bundles && begun < checkpoint.Size; index++)
        {
            for (; asked < bundles && waiting.Count < Lookahead; asked++)
            {
                var width = (int)Math.Min(TilePath.FullWidth, checkpoint.Size - (asked * TilePath.FullWidth));
                var path = new TilePath(TilePath.Entries, asked, width);
                waiting.Enqueue((path, Task.Run(() => ReadBundleAsync(path, cancellation), cancellation), files.ReadAsync(path with { Level = 0 }, cancellation)));
            }

            var (at, bundle, tile) = waiting.Dequeue();
            if (!await TakeBundleAsync(at, await bundle, await tile, cancellation))
            {
                return;
            }

            await files.CompareFilledAsync(cancellation);
            AfterBundle?.Invoke();
            meter.Report(replay.Edge.Size, checkpoint.Size);
        }

        replay.Edge.WritePartials(files.Filled);
        await files.CompareFilledAsync(cancellation);
        Finish(checkpoint);
    }

    private async Task<BundleContent> ReadBundleAsync(TilePath path, CancellationToken cancellation) =>
        BundleContent.Read(await files.ReadAsync(path, cancellation), path);

    /// <returns>False if the tree cannot be followed any further.</returns>
    private async Task<bool> TakeBundleAsync(TilePath path, BundleContent content, byte[]? tile, CancellationToken cancellation)
    {
        var first = path.Index * TilePath.FullWidth;
        foreach (var (entry, message) in content.Errors)
        {
            findings.Fail(entry < 0
                ? new Finding(message, source.Prefix + path, Leaf: first)
                : new Finding(message, source.Prefix + path, content.Offset(entry), EntryHeader.Size, first + entry));
        }

        var stored = files.ReadHashes(path with { Level = 0 }, tile);
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

        if (!files.CompareLeaves(path, first, content, stored))
        {
            _stored ??= replay.Edge.Clone();
        }

        CompareAudited(path, first, hashes);
        await files.CompareNarrowerAsync(path, content.Bytes, width => content.Ends.Length < width ? 0 : content.Ends[width - 1], cancellation);
        await files.CompareNarrowerAsync(
            path with { Level = 0 }, MemoryMarshal.AsBytes(hashes.AsSpan()).ToArray(), width => width * Hash256.Size, cancellation);
        Append(path, first, content, hashes, stored);
        return true;
    }

    /// <summary>In the bundle in which an earlier audit ended: its first leaves are still those that were audited.</summary>
    private void CompareAudited(TilePath path, long first, Hash256[] hashes)
    {
        var audited = new AuditedLeaves();
        if (replay.Edge.Size > first)
        {
            replay.Edge.WritePartials(audited);
        }

        for (var i = 0; i < Math.Min(audited.Hashes.Length, hashes.Length); i++)
        {
            if (audited.Hashes[i] != hashes[i])
            {
                findings.Fail(new Finding(
                    $"The leaf hashes to {hashes[i]}, but was audited as {audited.Hashes[i]} before.", source.Prefix + path, Leaf: first + i));
            }
        }
    }

    /// <summary>Appends what is new in a bundle: an earlier audit may have ended within it.</summary>
    private void Append(TilePath path, long first, BundleContent content, Hash256[] hashes, Hash256[] stored)
    {
        for (var i = (int)(replay.Edge.Size - first); i < hashes.Length; i++)
        {
            replay.Edge.Append(hashes[i], files.Filled);
            _stored?.Append(stored.Length > 0 ? stored[i] : hashes[i], NoSink.Instance);
            CheckEarlier();
            if (Unfollowed is null)
            {
                Follow(new LogLeaf(first + i, content.Headers[i], hashes[i], IsBlock(content.Headers[i])), path, content.Offset(i));
            }
        }
    }

    private void CheckEarlier()
    {
        foreach (var other in earlier)
        {
            if (replay.Edge.Size == other.Size && replay.Edge.Root() is var root && root != other.Root)
            {
                findings.Fail(new Finding(
                    $"The first {other.Size} entries give root {root}, but {other.Root} was signed for them.", source.Prefix + "checkpoint"));
            }
        }
    }

    private bool IsBlock(EntryHeader? header) => header is { } known && replay.Blocks.IsBlock(known);

    private void Follow(in LogLeaf leaf, TilePath path, int offset)
    {
        if (replay.Follow(leaf) is { } message)
        {
            findings.Fail(new Finding(message, source.Prefix + path, offset, EntryHeader.Size, leaf.Index));
        }

        _lastIsBlock = leaf.IsBlock;
        Visit?.Invoke(leaf);
    }

    private void Finish(Checkpoint checkpoint)
    {
        if (replay.Edge.Root() != checkpoint.Root)
        {
            findings.Fail(new Finding(
                $"The {checkpoint.Size} entries give root {replay.Edge.Root()}, but the checkpoint signs {checkpoint.Root}.",
                source.Prefix + "checkpoint"));
            if (_stored?.Root() == checkpoint.Root)
            {
                findings.Note("The tiles of level 0 give the signed root: it is entries that were changed.");
            }
        }
        else if (_stored is not null && _stored.Root() != checkpoint.Root)
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

    private sealed class AuditedLeaves : ITileSink
    {
        public Hash256[] Hashes { get; private set; } = [];

        public void Write(TilePath tile, ReadOnlySpan<Hash256> hashes) => Hashes = tile.Level == 0 ? hashes.ToArray() : Hashes;
    }

    private sealed class NoSink : ITileSink
    {
        public static readonly NoSink Instance = new();

        public void Write(TilePath tile, ReadOnlySpan<Hash256> hashes)
        {
        }
    }
}
