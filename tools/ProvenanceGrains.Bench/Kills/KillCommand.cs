using System.CommandLine;
using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench.Kills;

/// <summary>The kill -9 test.</summary>
internal static class KillCommand
{
    public static Command Create(CommonOptions common)
    {
        var kills = new Option<int>("--kills") { Description = "How often to kill.", DefaultValueFactory = _ => 50 };
        var seed = new Option<int>("--seed") { Description = "Decides documents and moments.", DefaultValueFactory = _ => 1 };
        var writers = new Option<int>("--writers") { Description = "Connections that write.", DefaultValueFactory = _ => 6 };
        var command = new Command(
            "kill", "Kills a silo under load, restarts it on the same data folder, and holds it to everything that it acknowledged.")
        {
            kills,
            seed,
            writers,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            common.Folder(parsed), parsed.GetValue(kills), parsed.GetValue(seed), parsed.GetValue(writers), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string parent, int kills, int seed, int writers, CancellationToken cancellation)
    {
        var provenance = await BuiltTool.BuildAsync(
            Path.Combine(Repository.Root, "tools", "ProvenanceGrains.Cli"), "provenance", cancellation);
        using var folder = new WorkFolder(parent);
        var test = new KillTest(folder.Path, seed, writers, Console.Out);
        try
        {
            await test.RunAsync(kills, cancellation);
            var (code, output) = await provenance.RunAsync(["audit", folder.In("data"), "--key", test.Key], cancellation);
            if (code != 0)
            {
                throw new BenchException($"AUDIT: exit code {code}\n{output}");
            }
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            folder.Keep();
            await Console.Error.WriteLineAsync(failure.Message);
            Console.WriteLine($"kill test FAILED, seed {seed}: {failure.Message.Split('\n')[0]} (data kept in {folder.Path})");
            return 1;
        }

        Console.WriteLine($"kill test passed, seed {seed}: {test.Summary}; audit sound.");
        return 0;
    }
}
