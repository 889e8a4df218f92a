using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Grains.Contracts.Sealing;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Api.Capture;

/// <summary>Requests that wait for more than their commit, within a bound; and the level that a unit has now.</summary>
internal sealed class ReceiptWaits(IJournalReader journal, ISealingProgress progress, TimeProvider time)
{
    /// <summary>The most requests that wait at a time. One more is answered at once, with the level that it has.</summary>
    public const int MaxWaiting = 1_000;

    private int _waiting;

    /// <summary>Whether there is a policy, so that something can be witnessed.</summary>
    public bool HasWitnesses => progress.HasWitnesses;

    /// <summary>The highest level that entries up to and without <paramref name="end"/> have reached.</summary>
    public ReceiptLevel LevelOf(long end) => progress.WitnessedEntries >= end ? ReceiptLevel.Witnessed
        : progress.SealedEntries >= end ? ReceiptLevel.Sealed
        : ReceiptLevel.Durable;

    /// <summary>Waits until a job has the level that its sender prefers, or its patience is over.</summary>
    /// <returns>The level that it has then.</returns>
    public async Task<ReceiptLevel> WaitAsync(CaptureReceipt receipt, ReceiptPreference preference, CancellationToken cancellation)
    {
        if (!JobIds.TryParse(receipt.JobId, out var id) || await journal.FindUnitAsync(id, cancellation) is not { } unit)
        {
            throw new InvalidOperationException($"Capture job {receipt.JobId} was committed and is not there.");
        }

        var end = unit.FirstOrdinal + unit.EntryCount;
        if (preference.WaitsForMore && LevelOf(end) < preference.Level)
        {
            await WaitAsync(end, preference, cancellation);
        }

        return LevelOf(end);
    }

    private async Task WaitAsync(long end, ReceiptPreference preference, CancellationToken cancellation)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > MaxWaiting)
            {
                return;
            }

            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(preference.Seconds), time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
            await (preference.Level == ReceiptLevel.Witnessed
                ? progress.WaitWitnessedAsync(end, either.Token)
                : progress.WaitSealedAsync(end, either.Token));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // Its time is over.
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
