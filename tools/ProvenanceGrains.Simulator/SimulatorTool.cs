using System.CommandLine;

namespace ProvenanceGrains.Simulator;

/// <summary>The commands of the tool.</summary>
internal static class SimulatorTool
{
    private const string Description = """
        Runs the whole engine on one thread with a simulated clock, disk, seal store and clients, and lets everything go wrong that a seed says.

        Exit codes: 0 every check held, 1 a run found something (its seed and the command that replays it are printed), 2 usage.
        """;

    public static int Run(string[] args)
    {
        var parsed = new RootCommand(Description) { RunCommand.Create(), BugsCommand.Create(), FuzzCommand.Create() }.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            parsed.Invoke();
            return 2;
        }

        return parsed.Invoke();
    }
}
