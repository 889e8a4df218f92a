using ProvenanceGrains.Ledger;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;

namespace ProvenanceGrains.Storage.Segments;

/// <summary>The one thread that appends: takes all that waits, refuses what does not fit, writes and syncs the rest.</summary>
/// <remarks>
/// 1. Take everything that waits. 2. Check each unit, in order, against the heads and claims that the units before it leave
/// behind, those of the same batch included. 3. Write and fsync. 4. Make it visible. 5. Answer. Refusals are answered last
/// too: they may rest on a unit of the same batch. Any failure stops the store (<see cref="WaitingQueue.Fail"/>): a failed
/// fsync says nothing about what is on the disk, and trying again would say even less.
/// </remarks>
internal sealed class Committer(
    WaitingQueue queue,
    SegmentWriter writer,
    ICommittedHeads heads,
    Action<IReadOnlyList<CommittedUnit>> publish,
    Action<Exception> failed,
    int maxBatchBytes)
{
    private readonly List<WaitingUnit> _batch = [];
    private readonly List<(WaitingUnit Unit, AppendOutcome Outcome)> _answers = [];
    private readonly Dictionary<EntityIndex, (long Length, Hash256 LastLeafHash)> _batchHeads = [];
    private readonly Dictionary<Hash256, long> _batchClaims = [];
    private long _units;
    private long _entries;
    private long _bytes;
    private long _refused;

    public long Units => Volatile.Read(ref _units);

    public long Entries => Volatile.Read(ref _entries);

    public long Bytes => Volatile.Read(ref _bytes);

    public long Refused => Volatile.Read(ref _refused);

    public void Run()
    {
        while (CommitNext())
        {
        }
    }

    /// <summary>Waits for units and commits them as one batch.</summary>
    /// <returns>False when the queue is closed and empty, or the store has failed.</returns>
    public bool CommitNext()
    {
        try
        {
            if (!queue.TakeBatch(_batch, maxBatchBytes))
            {
                return false;
            }

            CommitBatch();
            return true;
        }
#pragma warning disable CA1031 // Whatever it is, the store must stop taking writes and say so.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            failed(failure);
            queue.Fail(failure);
            foreach (var unit in _batch)
            {
                queue.Release(unit.FrameLength);
                unit.Done.TrySetException(new StoreUnavailableException(
                    $"The store has stopped: {failure.Message}", failure));
            }

            return false;
        }
    }

    private void CommitBatch()
    {
        var committed = new List<CommittedUnit>(_batch.Count);
        foreach (var unit in _batch)
        {
            var outcome = Refusal(unit.Admitted.Unit, unit.Admitted.Chains.Journals);
            if (outcome is null)
            {
                var stored = Stage(unit);
                committed.Add(stored);
                outcome = new AppendOutcome.Committed(stored.FirstOrdinal);
            }
            else
            {
                Volatile.Write(ref _refused, _refused + 1);
            }

            _answers.Add((unit, outcome));
        }

        writer.Flush();
        if (committed.Count > 0)
        {
            publish(committed);
        }

        Answer();
        _batchHeads.Clear();
        _batchClaims.Clear();
    }

    private CommittedUnit Stage(WaitingUnit waiting)
    {
        var unit = waiting.Admitted.Unit;
        var first = writer.NextOrdinal;
        var (segment, offset) = writer.Stage(waiting.Frame, waiting.HeadLength, unit.Entries.Count);
        if (!UnitHead.TryParse(waiting.UnitHead.ToArray(), out var head, out var error))
        {
            throw new InvalidOperationException($"A unit that was just encoded cannot be read: {error}");
        }

        var stored = new CommittedUnit(waiting.Admitted, first, segment, offset, head);
        foreach (var journal in waiting.Admitted.Chains.Journals)
        {
            var header = unit.Entries[journal.Last].Header;
            _batchHeads[header.Index] = (header.Sequence + 1, waiting.Admitted.Chains.LeafHashes[journal.Last]);
        }

        foreach (var claim in unit.Claims)
        {
            _batchClaims[claim.Name] = stored.OrdinalOfMatter(claim.Matter);
        }

        return stored;
    }

    private AppendOutcome? Refusal(CommitUnit unit, IReadOnlyList<JournalPart> journals)
    {
        // Taken comes first: a repeated request is both, and numbering it anew would not help it.
        List<(Claim, long)>? taken = null;
        foreach (var claim in unit.Claims)
        {
            if (_batchClaims.TryGetValue(claim.Name, out var ordinal) || heads.TryFindClaim(claim.Name, out ordinal))
            {
                (taken ??= []).Add((claim, ordinal));
            }
        }

        if (taken is not null)
        {
            return new AppendOutcome.Taken(taken);
        }

        List<EntityId>? fenced = null;
        foreach (var journal in journals)
        {
            var entry = unit.Entries[journal.First];
            if (!_batchHeads.TryGetValue(entry.Header.Index, out var head))
            {
                var known = heads.FindHead(entry.Header.Index, entry.Entity);
                head = (known.Length, known.LastLeafHash);
            }

            if (entry.Header.Sequence != head.Length || entry.Header.Previous != head.LastLeafHash)
            {
                (fenced ??= []).Add(entry.Entity);
            }
        }

        return fenced is null ? null : new AppendOutcome.Fenced(fenced);
    }

    private void Answer()
    {
        foreach (var (unit, outcome) in _answers)
        {
            if (outcome is AppendOutcome.Committed)
            {
                Volatile.Write(ref _units, _units + 1);
                Volatile.Write(ref _entries, _entries + unit.Admitted.Unit.Entries.Count);
                Volatile.Write(ref _bytes, _bytes + unit.FrameLength);
            }

            queue.Release(unit.FrameLength);
            unit.ReturnBuffer();
            unit.Done.TrySetResult(outcome);
        }

        _answers.Clear();
        _batch.Clear();
    }
}

/// <summary>The heads and claims of all durable units.</summary>
internal interface ICommittedHeads
{
    JournalHead FindHead(EntityIndex index, EntityId entity);

    /// <param name="name">The claimed name.</param>
    /// <param name="ordinal">First ordinal of the matter that bears it.</param>
    bool TryFindClaim(Hash256 name, out long ordinal);
}
