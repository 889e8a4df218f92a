using ProvenanceGrains.TestKit.Simulation;

namespace ProvenanceGrains.Simulation.Tests.Guarantees;

/// <summary>G3: the log only grows.</summary>
public sealed class G3_TheLogOnlyGrowsTests
{
    [Fact]
    public void Every_checkpoint_extends_the_last_one_that_was_seen_whatever_breaks_between()
    {
        var counts = Runs.AllHold(first: 30_000, count: 60);
        Assert.True(counts.Blocks > 100 && counts.SealFaults > 10, counts.ToString());
    }

    [Fact]
    public void A_store_that_was_tampered_with_is_found_out()
    {
        var counts = Runs.AllHold(first: 40_000, count: 80);
        Assert.Equal(20, counts.Malices);
    }

    [Theory]
    [InlineData(PlantedBug.SealsWithoutSwap)]
    [InlineData(PlantedBug.ForgetsCommittedStage)]
    [InlineData(PlantedBug.PublishesBeforeApplying)]
    [InlineData(PlantedBug.NamesWrongPreviousBlock)]
    [InlineData(PlantedBug.ReordersEntries)]
    public void It_is_caught_when_the_sealing_protocol_is_switched_off(PlantedBug bug) => Runs.Finds(bug);
}
