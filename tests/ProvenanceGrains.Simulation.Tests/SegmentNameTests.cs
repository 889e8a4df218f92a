using ProvenanceGrains.Ledger.Units;
using ProvenanceGrains.Storage;
using ProvenanceGrains.TestKit.Simulation;
using ProvenanceGrains.TestKit.Storage;

namespace ProvenanceGrains.Simulation.Tests;

/// <summary>What the simulator found: a segment's name that was in the page cache alone when entries went into it.</summary>
public sealed class SegmentNameTests
{
    [Fact]
    public async Task A_name_that_was_not_synced_when_the_process_ended_is_synced_by_the_next_start()
    {
        // Every file call of the store's life fails once, at most one in a life; then a restart without a power loss, and then one with.
        for (var round = 0; round < 160; round++)
        {
            var call = round % 40;
            var disk = new SimulatedDisk(new SeededRandom((ulong)round));
            var units = new SupplyChainUnits(7);
            var book = new JournalBook();
            var acknowledged = new List<(CommitUnit Unit, long First)>();
            disk.FailAfter(call);
            await AppendAsync(disk, units, book, acknowledged, count: 8);
            disk.Calm();
            await AppendAsync(disk, units, new JournalBook(), acknowledged, count: 1);
            disk.CutPower();
            using var journal = Open(disk);
            var entries = await StoreChecker.CheckAsync(journal.Index);
            Assert.NotEmpty(acknowledged);
            Assert.All(acknowledged, unit => StoreChecker.Holds(entries, unit.Unit, unit.First));
        }
    }

    private static async Task AppendAsync(
        SimulatedDisk disk, SupplyChainUnits units, JournalBook book, List<(CommitUnit Unit, long First)> acknowledged, int count)
    {
        try
        {
            using var journal = Open(disk);
            foreach (var (entity, _) in journal.Index.Journals)
            {
                book.SetHead(entity, await journal.Index.GetHeadAsync(entity, default));
            }

            for (var i = 0; i < count; i++)
            {
                var unit = units.Next(book, 4);
                var pending = journal.AppendAsync(unit, null, default);
                journal.Commit();
                acknowledged.Add((unit, Assert.IsType<AppendOutcome.Committed>(await pending).FirstOrdinal));
            }
        }
        catch (Exception stopped) when (stopped is IOException or StoreUnavailableException)
        {
            // The process ends; the page cache stays.
        }
    }

    private static SimulatedJournal Open(SimulatedDisk disk) =>
        new(disk, 0, new SimulatedTime(), new SimulatedSize(SegmentBytes: 2_500, QueueUnits: 8), PlantedBug.None);
}
