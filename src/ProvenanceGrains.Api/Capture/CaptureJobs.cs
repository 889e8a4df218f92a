using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Query.Events;
using ProvenanceGrains.Query.Proofs;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Api.Capture;

/// <summary>Jobs as the store has them: a job is the unit of the same id, so it outlives a restart.</summary>
internal sealed class CaptureJobs(
    IJournalReader journal, LogProofs proofs, ReceiptWaits waits) : ICaptureJobs
{
    /// <summary>Entries read at a time.</summary>
    private const int Page = 4_000;

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
            ReceiptPreference.NameOf(waits.LevelOf(unit.FirstOrdinal + unit.EntryCount)),
            note.Errors,
            await EventsOfAsync(unit, cancellation));
    }

    public async Task<CaptureJob> DescribeAsync(CaptureReceipt receipt, CancellationToken cancellation) =>
        await FindAsync(receipt.JobId, cancellation)
            ?? throw new InvalidOperationException($"Capture job {receipt.JobId} was committed and is not there.");

    private async Task<IReadOnlyList<CapturedEvent>> EventsOfAsync(StoredUnit unit, CancellationToken cancellation)
    {
        var snapshot = await proofs.SnapshotAsync(cancellation);
        var events = new List<(string Id, List<CapturedEntry> Entries)>();
        var end = unit.FirstOrdinal + unit.EntryCount;
        ReadOnlyMemory<byte> content = default;
        for (var first = unit.FirstOrdinal; first < end; first += Page)
        {
            var count = (int)Math.Min(Page, end - first);
            foreach (var entry in await journal.ReadEntriesAsync(first, count, cancellation))
            {
                // The signature is no event; it stands behind them.
                if (entry.EntryType != EventClaim.EntryType)
                {
                    continue;
                }

                // Entries of one event stand together and share its bytes; a page may begin within an event.
                if (!entry.Content.Bytes.Equals(content))
                {
                    content = entry.Content.Bytes;
                    var id = StoredEvent.ReadEventId(content.Span)
                        ?? throw new InvalidDataException($"The event at entry {entry.Ordinal} has no eventID.");
                    if (events.Count == 0 || events[^1].Id != id)
                    {
                        events.Add((id, []));
                    }
                }

                var leaf = snapshot is null ? null : await proofs.LeafOfAsync(snapshot, entry.Ordinal, cancellation);
                events[^1].Entries.Add(
                    new CapturedEntry(entry.Entity.Kind, entry.Entity.Key, entry.Role, entry.Header.Sequence, leaf));
            }
        }

        return [.. events.Select(one => new CapturedEvent(one.Id, one.Entries))];
    }
}
