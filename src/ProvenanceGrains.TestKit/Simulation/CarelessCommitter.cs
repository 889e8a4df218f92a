using ProvenanceGrains.Grains.Capture;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;
using ProvenanceGrains.Storage.Admission;
using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>Planted bugs of the store: a committer that leaves one thing out.</summary>
internal sealed class CarelessCommitter(
    WaitingQueue queue,
    SegmentWriter writer,
    SimulatedIndex index,
    Action<IReadOnlyList<CommittedUnit>> publish,
    PlantedBug bug)
{
    private readonly List<(WaitingUnit Unit, AppendOutcome Outcome)> _unflushed = [];

    public bool HasWork => _unflushed.Count > 0;

    public static bool Replaces(PlantedBug bug) =>
        bug is PlantedBug.StoresWithoutFence or PlantedBug.SealsUndurableEntries or PlantedBug.CommitsPartOfUnit;

    public void CommitNext()
    {
        try
        {
            if (_unflushed.Count > 0)
            {
                Flush();
                return;
            }

            var batch = new List<WaitingUnit>();
            queue.TakeBatch(batch, 16 * 1024);
            foreach (var waiting in batch)
            {
                _unflushed.Add((waiting, Decide(waiting)));
            }

            if (bug != PlantedBug.SealsUndurableEntries)
            {
                Flush();
            }
        }
        catch (IOException failure)
        {
            queue.Fail(failure);
            foreach (var (unit, _) in _unflushed)
            {
                unit.Done.TrySetException(new StoreUnavailableException(failure.Message, failure));
            }
        }
    }

    private void Flush()
    {
        writer.Flush();
        foreach (var (unit, outcome) in _unflushed)
        {
            queue.Release(unit.FrameLength);
            unit.Done.TrySetResult(outcome);
        }

        _unflushed.Clear();
    }

    private AppendOutcome Decide(WaitingUnit waiting)
    {
        var unit = waiting.Admitted.Unit;
        var taken = unit.Claims.Where(claim => index.TryFindClaim(claim.Name, out _)).ToList();
        if (taken.Count > 0)
        {
            return new AppendOutcome.Taken(taken.ConvertAll(claim => (claim, 0L)));
        }

        var fenced = waiting.Admitted.Chains.Journals.Select(journal => unit.Entries[journal.First])
            .Where(entry => Refuses(entry, index.FindHead(entry.Header.Index, entry.Entity)))
            .Select(entry => entry.Entity).ToList();
        if (fenced.Count > 0 && bug != PlantedBug.StoresWithoutFence)
        {
            return new AppendOutcome.Fenced(fenced);
        }

        var kept = bug == PlantedBug.CommitsPartOfUnit ? Shorten(waiting) : waiting;
        var first = writer.NextOrdinal;
        var (segment, offset) = writer.Stage(kept.Frame, kept.HeadLength, kept.Admitted.Unit.Entries.Count);
        if (!UnitHead.TryParse(kept.UnitHead.ToArray(), out var head, out var error))
        {
            throw new InvalidOperationException(error);
        }

        publish([new CommittedUnit(kept.Admitted, first, segment, offset, head)]);
        return new AppendOutcome.Committed(first);
    }

    private static bool Refuses(in UnitEntry entry, JournalHead head) =>
        entry.Header.Sequence != head.Length || entry.Header.Previous != head.LastLeafHash;

    /// <summary>Without the last matter, if there are several.</summary>
    private static WaitingUnit Shorten(WaitingUnit waiting)
    {
        var unit = waiting.Admitted.Unit;
        var last = unit.Matters.Count - 1;
        if (last == 0)
        {
            return waiting;
        }

        var shorter = unit with
        {
            Matters = [.. unit.Matters.Take(last)],
            Entries = [.. unit.Entries.Where(entry => entry.Matter != last)],
            Claims = [.. unit.Claims.Where(claim => claim.Matter != last)],
        };
        return new WaitingUnit(AdmittedUnit.Admit(shorter, null, new EventProjector(), HashedEntityIndex.Instance));
    }
}
