using ProvenanceGrains.Api.Capture;
using ProvenanceGrains.Grains.Contracts.Capture;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage.Memory;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Api.Tests.Capture;

public sealed class ReceiptWaitsTests
{
    private static readonly ReceiptPreference Sealed = new(true, ReceiptPreference.MaxSeconds, ReceiptLevel.Sealed);

    [Fact]
    public async Task One_more_than_may_wait_is_answered_at_once_and_leaves_room_for_nobody_else()
    {
        var journal = new MemoryStore(TextMatterProjector.Instance);
        var part = new Part(EntityId.Create("lot", "01/1"), "");
        await journal.AppendAsync(new JournalBook().Write(7, 1, new MatterDraft("#"u8.ToArray(), [part], [])), null, default);
        var receipt = new CaptureReceipt(JobIds.Format(7), [], [], false);
        var waits = new ReceiptWaits(journal, new SealingProgress(), TimeProvider.System);

        using var gone = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, ReceiptWaits.MaxWaiting).Select(_ => waits.WaitAsync(receipt, Sealed, gone.Token)).ToList();
        Assert.All(waiting, one => Assert.False(one.IsCompleted));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(ReceiptLevel.Durable, await waits.WaitAsync(receipt, Sealed, default));
        }

        await gone.CancelAsync();
        foreach (var one in waiting)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }

        using var later = new CancellationTokenSource();
        var again = waits.WaitAsync(receipt, Sealed, later.Token);
        Assert.False(again.IsCompleted);
        await later.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => again);
    }
}
