using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Query.Proofs;

/// <summary>How long a journal is, and how much of it the published log holds.</summary>
/// <param name="Length">Entries.</param>
/// <param name="Sealed">Of these, how many are in the log: always the first ones.</param>
public readonly record struct JournalExtent(long Length, long Sealed)
{
    /// <summary>Measures a journal against a snapshot; null stands for a log that has no block yet.</summary>
    public static async ValueTask<JournalExtent> MeasureAsync(
        IJournalReader journals, EntityId entity, LogSnapshot? snapshot, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(journals);
        var length = (await journals.GetHeadAsync(entity, cancellation)).Length;
        if (length == 0 || snapshot is null)
        {
            return new JournalExtent(length, 0);
        }

        // Ordinals grow along a journal, so the sealed entries come first. Mostly all are.
        if (await IsSealedAsync(length - 1))
        {
            return new JournalExtent(length, length);
        }

        var (low, high) = (0L, length - 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            if (await IsSealedAsync(middle))
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return new JournalExtent(length, low);

        async ValueTask<bool> IsSealedAsync(long sequence)
        {
            var page = await journals.ReadJournalAsync(entity, sequence, 1, cancellation);
            return page.Count > 0 && page[0].Ordinal < snapshot.SealedEntries;
        }
    }
}
