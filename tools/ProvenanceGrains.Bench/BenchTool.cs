using System.CommandLine;
using ProvenanceGrains.Bench.Audits;
using ProvenanceGrains.Bench.CaptureLoad;
using ProvenanceGrains.Bench.Endurance;
using ProvenanceGrains.Bench.Heads;
using ProvenanceGrains.Bench.Kills;
using ProvenanceGrains.Bench.Indexes;
using ProvenanceGrains.Bench.LedgerPath;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Bench.Proofs;
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
            ProofsCommand.Create(common),
            IndexesCommand.Create(common),
            HttpCommand.Create(common),
            MemoryCommand.Create(common),
            KillCommand.Create(common),
            StagesCommand.Create(common),
            HeadsCommand.Create(common),
            AuditCommand.Create(common),
            CreateAll(common),
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

    /// <summary>Every measurement of the documentation, one after the other.</summary>
    private static Command CreateAll(CommonOptions common)
    {
        var load = LoadGenerator.ProjectOption();
        var minutes = new Option<double>("--minutes") { Description = "Time of the memory run.", DefaultValueFactory = _ => 10 };
        var command = new Command("all", "Every measurement, some 30 minutes: ledger, heads, audit, http, stages, memory.")
        {
            load,
            minutes,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var generator = await LoadGenerator.BuildAsync(parsed.GetRequiredValue(load), cancellation);
            var folder = common.Folder(parsed);
            var report = common.Report(parsed);
            await LedgerCommand.RunAsync(folder, rounds: 5, TimeSpan.FromSeconds(3), report, cancellation);
            await HeadsCommand.RunAsync(folder, [10_000, 100_000, 1_000_000], rounds: 9, report, cancellation);
            await ProofsCommand.RunAsync(folder, report, cancellation);
            await IndexesCommand.RunAsync(folder, rounds: 5, TimeSpan.FromSeconds(3), report, cancellation);
            await AuditCommand.RunAsync(folder, AuditCommand.DefaultEntries, rounds: 5, report, cancellation);
            await HttpCommand.RunAsync(folder, generator, default, rounds: 3, TimeSpan.FromSeconds(8), report, cancellation);
            await StagesCommand.RunAsync(folder, generator, StagesCommand.AllPerDocument, 30_000, rounds: 3, report, cancellation);
            await MemoryCommand.RunAsync(
                folder, MemoryCommand.DefaultLoad, TimeSpan.FromMinutes(parsed.GetValue(minutes)), report, cancellation);
            return 0;
        });
        return command;
    }
}
