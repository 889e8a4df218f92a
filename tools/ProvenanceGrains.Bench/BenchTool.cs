using System.CommandLine;
using ProvenanceGrains.Bench.CaptureLoad;
using ProvenanceGrains.Bench.Endurance;
using ProvenanceGrains.Bench.Kills;
using ProvenanceGrains.Bench.LedgerPath;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Bench.Stages;

namespace ProvenanceGrains.Bench;

/// <summary>The commands of the tool.</summary>
internal static class BenchTool
{
    public static async Task<int> RunAsync(string[] args)
    {
        var common = new CommonOptions();
        var root = new RootCommand("Measures a ProvenanceGrains silo, and tries to break one. Linux only. Results are Markdown.")
        {
            LedgerCommand.Create(common),
            HttpCommand.Create(common),
            MemoryCommand.Create(common),
            KillCommand.Create(common),
            StagesCommand.Create(common),
        };
        foreach (var option in common.All)
        {
            root.Options.Add(option);
        }

        try
        {
            return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (BenchException failure)
        {
            await Console.Error.WriteLineAsync($"bench: {failure.Message}");
            return 1;
        }
    }
}
