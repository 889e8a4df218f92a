using ProvenanceGrains.Ledger;

namespace ProvenanceGrains.Cli.Audit;

/// <summary>Holds the segments' entries against the log's leaves, in step.</summary>
/// <param name="walk">Reads the segments.</param>
/// <param name="records">The sealer's records of blocks.</param>
/// <param name="replay">Follows the log.</param>
/// <param name="audited">What was read before and is gone on from; null to begin with the first segment.</param>
/// <param name="findings">Where failures go.</param>
internal sealed class SegmentComparison(
    SegmentWalk walk, BlockRecords records, LogReplay replay, AuditedPayloads? audited, Findings findings) : IDisposable
{
    private readonly IEnumerator<SegmentEntry> _entries = walk.Entries(audited).GetEnumerator();
    private readonly List<Hash256> _open = [];
    private int _openSegment;
    private bool _hasEntry;
    private bool _missingReported;
    private bool _begun;

    /// <summary>Entries whose payload was checked.</summary>
    public long Payloads { get; private set; }

    public void Dispose() => _entries.Dispose();

    /// <summary>What has been read so far, as a state keeps it.</summary>
    /// <param name="hasIndexes">Whether every index was computed anew.</param>
    public AuditedPayloads Read(bool hasIndexes) => new(
        replay.Edge.Size,
        hasIndexes && audited?.HasIndexes != false,
        walk.LogId,
        [.. walk.Finished],
        _openSegment == walk.Finished.Count ? [.. _open] : []);

    /// <summary>
    /// Compares what is read again although an earlier audit has: the segment in which it ended still holds the entries that were leaves of
    /// the log then, and the last of the blocks' records is there.
    /// </summary>
    public void CompareAudited()
    {
        for (var i = 0; i < audited?.Open.Count; i++)
        {
            var ordinal = audited.OpenOrdinal + i;
            if (Take(ordinal, null) is { } entry && entry.LeafHash != audited.Open[i])
            {
                findings.Fail(new Finding(
                    "The entry is not the one that was audited before: its leaf hash differs.", entry.File, entry.Offset, Ordinal: ordinal));
            }
        }

        if (audited is not null && replay.Blocks.LastRecord is { } block)
        {
            records.Compare(block.Header, block.Content, block.Content.TreeSizeAfter - 1);
        }
    }

    /// <summary>Compares a leaf that the replay has just followed.</summary>
    public void Compare(LogLeaf leaf)
    {
        if (leaf.IsBlock)
        {
            records.Compare(leaf.Header!.Value, replay.Blocks.Last!.Value.Content, leaf.Index);
            return;
        }

        var ordinal = leaf.Index - replay.Blocks.Count;
        if (Take(ordinal, leaf.Index) is { } entry && leaf.Header is { } header && header != entry.Header)
        {
            findings.Fail(new Finding(
                "The entry's header is not the leaf that the log has.", entry.File, entry.Offset, Leaf: leaf.Index, Ordinal: ordinal));
        }
    }

    /// <summary>Takes the entry of an ordinal that is sealed; that there is none is a failure.</summary>
    private SegmentEntry? Take(long ordinal, long? leaf)
    {
        SkipTo(ordinal);
        if (!_hasEntry || _entries.Current.Ordinal > ordinal)
        {
            if (!_missingReported)
            {
                findings.Fail(new Finding("The log has sealed this entry, but no segment holds it.", Leaf: leaf, Ordinal: ordinal));
                _missingReported = !_hasEntry;
            }

            return null;
        }

        var entry = _entries.Current;
        if (entry.Segment != _openSegment)
        {
            _open.Clear();
            _openSegment = entry.Segment;
        }

        _open.Add(entry.LeafHash);
        Next();
        return entry;
    }

    /// <summary>Entries behind the last block: durable, not sealed; only the segments' own checks and the chains vouch for them.</summary>
    /// <param name="from">The ordinal of the first that no block seals.</param>
    /// <param name="follow">Whether the journals can be followed.</param>
    public long Tail(long from, bool follow)
    {
        SkipTo(from, fail: follow);
        var count = 0L;
        for (; _hasEntry; Next())
        {
            count++;
            var entry = _entries.Current;
            if (follow && replay.Heads.Follow(entry.Header, entry.LeafHash, isBlock: false) is { } error)
            {
                findings.Fail(new Finding(error, entry.File, entry.Offset, Ordinal: entry.Ordinal));
            }
        }

        if (count > 0 && follow)
        {
            findings.Note($"{count} entries at the end are not sealed yet: no signature covers them.");
        }

        return count;
    }

    /// <summary>Comes to an ordinal. Entries before it that no leaf was compared with stand there once too often.</summary>
    private void SkipTo(long ordinal, bool fail = true)
    {
        if (!_begun)
        {
            _begun = true;
            Next();
        }

        while (_hasEntry && _entries.Current.Ordinal < ordinal)
        {
            if (fail)
            {
                var entry = _entries.Current;
                findings.Fail(new Finding("The entry was compared with no leaf of the log.", entry.File, entry.Offset, Ordinal: entry.Ordinal));
            }

            Next();
        }
    }

    private void Next()
    {
        _hasEntry = _entries.MoveNext();
        Payloads += _hasEntry ? 1 : 0;
    }
}
