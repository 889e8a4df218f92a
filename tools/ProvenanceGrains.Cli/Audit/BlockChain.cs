using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>
/// Follows the sealer's own journal through the log. A block says where it begins, how many entries it seals, which block came before and
/// the head map's root; its salts are public, so its commitment can be computed anew from the replay alone.
/// </summary>
/// <remarks>
/// A log may begin without a head map (root zero) and have one from some block on, never the other way round. The map is first built
/// when a block does not commit to a zero root, so a log without one costs nothing for it.
/// </remarks>
internal sealed class BlockChain(BlockIdentity identity, JournalHeads heads)
{
    private BlockHead? _last;
    private HeadMap? _map;

    /// <summary>Blocks seen.</summary>
    public long Count { get; private set; }

    /// <summary>The last block as its place gives it; null before the first.</summary>
    public BlockHead? Last => _last;

    /// <summary>The last block as it is recorded; null before the first.</summary>
    public BlockRecord? LastRecord { get; private set; }

    /// <summary>Whether a block has committed to a head map: then all later ones must.</summary>
    public bool HasMap { get; private set; }

    /// <summary>The head map's root after the last block; zero for none.</summary>
    public Hash256 MapRoot => HasMap ? _map!.Root : Hash256.Zero;

    /// <summary>Leaves up to and including the last block.</summary>
    public long SealedLeaves => _last?.Content.TreeSizeAfter ?? 0;

    /// <summary>Whether a leaf is a block's.</summary>
    public bool IsBlock(in EntryHeader header) => header.Index == identity.Index;

    /// <summary>Takes a block's leaf, after all entries that it seals.</summary>
    /// <returns>What is wrong with it, or null. The chain goes on from it either way.</returns>
    public string? Follow(long leafIndex, in EntryHeader header, in Hash256 leafHash)
    {
        var changes = heads.TakeChanged();
        _map = _map?.Update(changes);
        var count = leafIndex - SealedLeaves;
        var built = BlockBuilder.Build(identity, _last, count, header.TimeMs, MapRoot);
        if (header != built.Header && !HasMap)
        {
            _map ??= HeadMap.Empty.Update(heads.AllBut(identity.Index));
            var mapped = BlockBuilder.Build(identity, _last, count, header.TimeMs, _map.Root);
            HasMap = header == mapped.Header;
            built = HasMap ? mapped : built;
        }

        var error = header == built.Header ? null : WhyNot(header, built, count);
        LastRecord = new BlockRecord(header, built.Content);
        _last = new BlockHead(built.Content, leafHash, Math.Max(header.TimeMs, built.Header.TimeMs));
        Count++;
        return error;
    }

    /// <summary>Goes on from a block that an earlier audit has verified; the heads are restored before.</summary>
    /// <returns>What does not fit, or null.</returns>
    public string? Restore(BlockRecord last, bool hasMap)
    {
        (LastRecord, _last, Count, HasMap) = (last, last.ToHead(), last.Content.Height + 1, hasMap);
        _map = hasMap ? HeadMap.Empty.Update(heads.AllBut(identity.Index)) : null;
        return last.Header.Index != identity.Index ? "its last block is another log's"
            : last.Content.IndexRule != identity.IndexRule ? "its last block has another index rule"
            : last.Content.HeadMapRoot != MapRoot ? "its heads do not give the head map's root of its last block"
            : null;
    }

    private string WhyNot(in EntryHeader header, Block built, long count)
    {
        if (header.TimeMs < built.Header.TimeMs)
        {
            return $"Block {built.Content.Height} goes back in time, from {built.Header.TimeMs} to {header.TimeMs} ms.";
        }

        if (header.Sequence != built.Header.Sequence)
        {
            return $"The block has height {header.Sequence}, but {built.Content.Height} comes next.";
        }

        if (header.Previous != built.Header.Previous)
        {
            return $"Block {header.Sequence} names {header.Previous} as the block before, which is {built.Header.Previous}.";
        }

        return HasMap && header == BlockBuilder.Build(identity, _last, count, header.TimeMs, Hash256.Zero).Header
            ? $"Block {header.Sequence} has no head map root, but blocks before it have."
            : $"Block {header.Sequence} commits to something else than the {count} entries before it and the head map that they give"
                + (_map is null ? "." : $" (root {_map.Root}).");
    }
}
