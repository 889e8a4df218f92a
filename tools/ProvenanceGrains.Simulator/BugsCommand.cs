using System.CommandLine;
using System.Globalization;
using ProvenanceGrains.TestKit.Simulation;

namespace ProvenanceGrains.Simulator;

/// <summary><c>bugs</c>: plants every bug in turn and says which seed found it.</summary>
internal static class BugsCommand
{
    public static Command Create()
    {
        var command = new Command("bugs", "Plants every known kind of bug in turn and says which seed finds it.");
        command.SetAction(_ => Run());
        return command;
    }

    private static int Run()
    {
        var missed = 0;
        foreach (var bug in PlantedBugs.All)
        {
            var bound = PlantedBugs.SeedsUntilFound(bug);
            var found = PlantedBugs.Find(bug, first: 0, bound);
            missed += found is null ? 1 : 0;
            var line = found is null
                ? $"{bug}: NOT FOUND in {bound} seeds"
                : $"{bug}: seed {found.Seed} of at most {bound}: {found.Finding!.ReplaceLineEndings(" ")}";
            Console.WriteLine(line.Length > 180 ? string.Concat(line.AsSpan(0, 180), "...") : line);
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{PlantedBugs.All.Count - missed} of {PlantedBugs.All.Count} planted bugs were found"));
        return missed == 0 ? 0 : 1;
    }
}
