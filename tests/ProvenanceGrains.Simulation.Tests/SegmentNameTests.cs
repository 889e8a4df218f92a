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
            var run = new JournalRun(round % 40, persisted: false, seed: (ulong)round, units: 7);
            await run.LiveAsync(count: 8);
            await run.LiveAsync(count: 1);
            run.Disk.CutPower();
            await run.CheckAsync(acknowledged: 1);
        }
    }
}
