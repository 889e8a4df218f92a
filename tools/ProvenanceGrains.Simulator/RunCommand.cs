using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ProvenanceGrains.TestKit.Simulation;

namespace ProvenanceGrains.Simulator;

/// <summary><c>run</c>: one seed, or a range of them.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var seed = new Option<ulong?>("--seed") { Description = "Runs this one seed." };
        var seeds = new Option<string?>("--seeds") { Description = "Runs all seeds from A up to B, as A..B." };
        var bug = new Option<PlantedBug>("--bug") { Description = "Plants a bug: the runs are to find it." };
        var verbose = new Option<bool>("--verbose") { Description = "Prints all that happens." };
        var jobs = new Option<int>("--jobs")
        {
            Description = "Runs so many seeds side by side, each on a thread of its own.",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var command = new Command("run", "Runs seeds and checks that everything holds.") { seed, seeds, bug, verbose, jobs };
        command.Validators.Add(result =>
        {
            if (result.GetResult(seed) is null == result.GetResult(seeds) is null)
            {
                result.AddError("Say either --seed N or --seeds A..B.");
            }
            else if (result.GetValue(seeds) is { } range && !TryParseRange(range, out _, out _))
            {
                result.AddError($"'{range}' is no range: A..B, with A at most B.");
            }
        });
        command.SetAction(parsed => parsed.GetValue(seed) is { } one
            ? RunOne(one, parsed.GetValue(bug), parsed.GetValue(verbose))
            : RunMany(ParseRange(parsed.GetValue(seeds)!), parsed.GetValue(bug), Math.Max(1, parsed.GetValue(jobs))));
        return command;
    }

    private static int RunOne(ulong seed, PlantedBug bug, bool verbose)
    {
        var result = Simulation.Run(new SimulationOptions { Seed = seed, Bug = bug, KeepsTrace = verbose });
        foreach (var line in result.Trace)
        {
            Console.WriteLine(line);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, trace {result.TraceHash}"));
        return Report(result, bug);
    }

    private static int RunMany((ulong First, ulong Last) range, PlantedBug bug, int jobs)
    {
        var (first, last) = range;
        var counts = new SimulationCounts();
        var gate = new Lock();
        var failures = 0;
        var watch = Stopwatch.StartNew();
        var total = checked((long)(last - first + 1));
        Parallel.For(0, total, new ParallelOptions { MaxDegreeOfParallelism = jobs }, (offset, state) =>
        {
            var result = Simulation.Run(new SimulationOptions { Seed = first + (ulong)offset, Bug = bug });
            lock (gate)
            {
                counts.Add(result.Counts);
                if (Report(result, bug) != 0 && ++failures >= 20)
                {
                    state.Stop();
                }
            }
        });
        var seconds = watch.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{total} seeds in {seconds:F1} s ({total / seconds:F0}/s), {failures} failed"));
        Console.WriteLine(counts);
        return failures == 0 ? 0 : 1;
    }

    private static int Report(SimulationResult result, PlantedBug bug)
    {
        if (result.Finding is null)
        {
            return 0;
        }

        var planted = bug == PlantedBug.None ? "" : $" --bug {bug}";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seed {result.Seed} FAILED: {result.Finding}"));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  replay: dotnet run -c Release --project tools/ProvenanceGrains.Simulator -- run --seed {result.Seed}{planted} --verbose"));
        return 1;
    }

    /// <remarks>The option was validated.</remarks>
    private static (ulong First, ulong Last) ParseRange(string text) =>
        TryParseRange(text, out var first, out var last) ? (first, last) : throw new FormatException(text);

    private static bool TryParseRange(string text, out ulong first, out ulong last)
    {
        last = 0;
        var dots = text.IndexOf("..", StringComparison.Ordinal);
        first = 0;
        return dots > 0
            && ulong.TryParse(text.AsSpan(0, dots), NumberStyles.None, CultureInfo.InvariantCulture, out first)
            && ulong.TryParse(text.AsSpan(dots + 2), NumberStyles.None, CultureInfo.InvariantCulture, out last)
            && first <= last
            && last - first < long.MaxValue;
    }
}
