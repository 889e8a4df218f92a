using System.Globalization;
using ProvenanceGrains.TestKit.Simulation;
using Run = ProvenanceGrains.TestKit.Simulation.Simulation;

namespace ProvenanceGrains.Simulation.Tests;

/// <summary>Runs seeds and fails with the command that replays the one that found something.</summary>
internal static class Runs
{
    /// <summary>Every check holds in all of these runs.</summary>
    /// <returns>What happened in them.</returns>
    public static SimulationCounts AllHold(ulong first, int count)
    {
        var counts = new SimulationCounts();
        for (var seed = first; seed < first + (ulong)count; seed++)
        {
            var result = Run.Run(new SimulationOptions { Seed = seed });
            Assert.True(result.Finding is null, string.Create(
                CultureInfo.InvariantCulture,
                $"Seed {seed}: {result.Finding}\nReplay: dotnet run -c Release --project tools/ProvenanceGrains.Simulator -- run --seed {seed} --verbose"));
            counts.Add(result.Counts);
        }

        return counts;
    }

    /// <summary>A planted bug is found, by as few seeds as it is said to be.</summary>
    public static void Finds(PlantedBug bug)
    {
        var bound = PlantedBugs.SeedsUntilFound(bug);
        Assert.True(PlantedBugs.Find(bug, first: 0, bound) is not null, $"{bug} was not found in {bound} seeds.");
    }
}
