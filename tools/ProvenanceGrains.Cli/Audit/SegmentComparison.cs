namespace ProvenanceGrains.Cli.Audit;

/// <summary>Holds the segments' entries against the log's leaves, in step.</summary>
internal sealed class SegmentComparison(SegmentWalk walk, BlockRecords records, LogReplay replay, Findings findings) : IDisposable
{
    private readonly IEnumerator<SegmentEntry> _entries = walk.Entries(replay.NextOrdinal).GetEnumerator();
    private bool _hasEntry;
    private bool _missingReported;
    private bool _begun;

    /// <summary>Entries whose payload was checked.</summary>
    public long Payloads { get; private set; }

    public void Dispose() => _entries.Dispose();

    /// <summary>Compares a leaf that the replay has just followed.</summary>
    public void Compare(LogLeaf leaf)
    {
        if (leaf.IsBlock)
        {
            records.Compare(leaf.Header!.Value, replay.Blocks.Last!.Value.Content, leaf.Index);
            return;
        }

        var ordinal = leaf.Index - replay.Blocks.Count;
        SkipTo(ordinal);
        if (!_hasEntry || _entries.Current.Ordinal > ordinal)
        {
            if (!_missingReported)
            {
                findings.Fail(new Finding("The log has sealed this entry, but no segment holds it.", Leaf: leaf.Index, Ordinal: ordinal));
                _missingReported = !_hasEntry;
            }

            return;
        }

        var entry = _entries.Current;
        if (leaf.Header is { } header && header != entry.Header)
        {
            findings.Fail(new Finding(
                "The entry's header is not the leaf that the log has.", entry.File, entry.Offset, Leaf: leaf.Index, Ordinal: ordinal));
        }

        Next();
    }

    /// <summary>Entries behind the last block: durable, not sealed; only the segments' own checks and the chains vouch for them.</summary>
    /// <param name="from">The ordinal of the first that no block seals.</param>
    /// <param name="follow">Whether the journals can be followed.</param>
    public long Tail(long from, bool follow)
    {
        SkipTo(from);
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

    private void SkipTo(long ordinal)
    {
        if (!_begun)
        {
            _begun = true;
            Next();
        }

        while (_hasEntry && _entries.Current.Ordinal < ordinal)
        {
            Next();
        }
    }

    private void Next()
    {
        _hasEntry = _entries.MoveNext();
        Payloads += _hasEntry ? 1 : 0;
    }
}
