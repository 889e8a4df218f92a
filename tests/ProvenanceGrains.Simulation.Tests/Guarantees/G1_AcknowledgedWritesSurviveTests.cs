using ProvenanceGrains.TestKit.Simulation;

namespace ProvenanceGrains.Simulation.Tests.Guarantees;

/// <summary>G1: an acknowledged write survives a crash at any instant.</summary>
public sealed class G1_AcknowledgedWritesSurviveTests
{
    [Fact]
    public void Nothing_acknowledged_is_missing_or_changed_after_kills_power_losses_and_failing_disks()
    {
        var counts = Runs.AllHold(first: 10_000, count: 60);
        Assert.True(counts.PowerLosses > 20 && counts.Kills > 20 && counts.DiskFaults > 20, counts.ToString());
    }

    [Theory]
    [InlineData(PlantedBug.AcknowledgesBeforePersistence)]
    [InlineData(PlantedBug.HidesFailedSync)]
    [InlineData(PlantedBug.LosesTailInCrash)]
    [InlineData(PlantedBug.SealsUndurableEntries)]
    public void It_is_caught_when_persistence_is_switched_off(PlantedBug bug) => Runs.Finds(bug);
}
