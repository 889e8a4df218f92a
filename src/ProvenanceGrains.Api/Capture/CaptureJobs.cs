using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Query.Events;
using ProvenanceGrains.Query.Proofs;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Api.Capture;

/// <summary>Jobs as the store has them: a job is the unit of the same id, so it outlives a restart.</summary>
internal sealed class CaptureJobs(
    IJournalReader journal, IMatterIndex index, LogProofs proofs) : ICaptureJobs
{
    /// <summary>Matters read at a time.</summary>
    private const int Page = 1_000;

    public async Task<CaptureJob?> FindAsync(string id, CancellationToken cancellation)
    {
        if (!JobIds.TryParse(id, out var unitId)
            || await journal.FindUnitAsync(unitId, cancellation) is not { } unit)
        {
            return null;
        }

        var note = CaptureNote.Parse(unit.Note);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(unit.TimeMs);
        return new CaptureJob(
            JobIds.Format(unitId),
            time,
            time,
            Running: false,
            Success: note.Errors.Count == 0,
            note.Behaviour == CaptureErrorBehaviour.Proceed ? "proceed" : "rollback",
            note.Errors,
            await EventsOfAsync(unit, cancellation));
    }

    public async Task<CaptureJob> DescribeAsync(CaptureReceipt receipt, CancellationToken cancellation) =>
        await FindAsync(receipt.JobId, cancellation)
            ?? throw new InvalidOperationException($"Capture job {receipt.JobId} was committed and is not there.");

    private async Task<IReadOnlyList<CapturedEvent>> EventsOfAsync(StoredUnit unit, CancellationToken cancellation)
    {
        var snapshot = await proofs.SnapshotAsync(cancellation);
        var events = new List<CapturedEvent>();
        var end = unit.FirstOrdinal + unit.EntryCount;
        long? after = unit.FirstOrdinal - 1;
        while (after < end - 1)
        {
            var query = new MatterQuery { After = after, Below = end, Limit = Page };
            var matters = await index.QueryAsync(query, cancellation);
            foreach (var matter in matters)
            {
                events.Add(await DescribeAsync(matter, snapshot, cancellation));
            }

            if (matters.Count < Page)
            {
                break;
            }

            after = matters[^1].FirstOrdinal;
        }

        return events;
    }

    private async Task<CapturedEvent> DescribeAsync(
        StoredMatter matter, LogSnapshot? snapshot, CancellationToken cancellation)
    {
        var id = StoredEvent.ReadEventId(matter.Content.Span)
            ?? throw new InvalidDataException($"The event at entry {matter.FirstOrdinal} has no eventID.");
        var entries = new List<CapturedEntry>(matter.EntryCount);
        foreach (var entry in await journal.ReadEntriesAsync(matter.FirstOrdinal, matter.EntryCount, cancellation))
        {
            var leaf = snapshot is null ? null : await proofs.LeafOfAsync(snapshot, entry.Ordinal, cancellation);
            entries.Add(new CapturedEntry(entry.Entity.Kind, entry.Entity.Key, entry.Role, entry.Header.Sequence, leaf));
        }

        return new CapturedEvent(id, entries);
    }
}
