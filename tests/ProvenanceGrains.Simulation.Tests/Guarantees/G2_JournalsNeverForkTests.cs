using ProvenanceGrains.TestKit.Simulation;

namespace ProvenanceGrains.Simulation.Tests.Guarantees;

/// <summary>G2: a journal never forks, however many activations of its grain there are.</summary>
public sealed class G2_JournalsNeverForkTests
{
    [Fact]
    public void Second_activations_in_one_silo_and_in_another_fork_no_journal()
    {
        var counts = Runs.AllHold(first: 20_000, count: 60);
        Assert.True(counts.Duplicates > 100, counts.ToString());
    }

    [Theory]
    [InlineData(PlantedBug.StoresWithoutFence)]
    [InlineData(PlantedBug.DoesNotReload)]
    [InlineData(PlantedBug.LetsTimeGoBack)]
    public void It_is_caught_when_the_fence_is_switched_off(PlantedBug bug) => Runs.Finds(bug);
}
