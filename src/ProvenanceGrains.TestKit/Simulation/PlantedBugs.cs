namespace ProvenanceGrains.TestKit.Simulation;

/// <summary>Finds planted bugs.</summary>
public static class PlantedBugs
{
    /// <summary>All that there are.</summary>
    public static IReadOnlyList<PlantedBug> All { get; } =
        [.. Enum.GetValues<PlantedBug>().Where(bug => bug != PlantedBug.None)];

    /// <summary>By how many seeds, counted from any seed, the bug has to be found.</summary>
    public static int SeedsUntilFound(PlantedBug bug) => bug switch
    {
        // These need a crash or another reader within a few steps.
        PlantedBug.SealsUndurableEntries or PlantedBug.SealsWithoutSwap or PlantedBug.PublishesBeforeApplying => 60,
        _ => 30,
    };

    /// <summary>Runs seeds until one of them finds the bug.</summary>
    /// <param name="bug">What is planted.</param>
    /// <param name="first">The first seed.</param>
    /// <param name="count">At most so many seeds.</param>
    /// <returns>The run that found it; null if none did.</returns>
    public static SimulationResult? Find(PlantedBug bug, ulong first, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var result = Simulation.Run(new SimulationOptions { Seed = first + (ulong)i, Bug = bug });
            if (result.Finding is not null)
            {
                return result;
            }
        }

        return null;
    }
}
