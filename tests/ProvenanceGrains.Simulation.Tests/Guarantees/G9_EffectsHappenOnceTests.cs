using ProvenanceGrains.TestKit.Simulation;

namespace ProvenanceGrains.Simulation.Tests.Guarantees;

/// <summary>G9: effects happen once, however often a request is sent.</summary>
public sealed class G9_EffectsHappenOnceTests
{
    [Fact]
    public void Documents_that_are_sent_again_and_again_are_recorded_once_and_whole()
    {
        var counts = Runs.AllHold(first: 50_000, count: 60);
        Assert.True(counts.Acknowledged > 300 && counts.Conflicts > 3, counts.ToString());
    }

    [Theory]
    [InlineData(PlantedBug.ForgetsClaims)]
    [InlineData(PlantedBug.CommitsPartOfUnit)]
    public void It_is_caught_when_idempotence_is_switched_off(PlantedBug bug) => Runs.Finds(bug);
}
