using System.CommandLine;
using System.Globalization;
using ProvenanceGrains.Bench.Measuring;
using static ProvenanceGrains.Bench.Measuring.TextTable;

namespace ProvenanceGrains.Bench.Heads;

/// <summary>Measures the head map: memory, updates, proofs, what it adds to sealing, and its rebuild at a start.</summary>
internal static class HeadsCommand
{
    private static readonly int[] Batches = [1, 64, 1_024, 65_536];

    public static Command Create(CommonOptions common)
    {
        var entities = new Option<int[]>("--entities")
        {
            Description = "Sizes of the map; the largest is sealed over and rebuilt.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => [10_000, 100_000, 1_000_000],
        };
        var rounds = new Option<int>("--rounds") { Description = "Blocks of each kind; medians are printed.", DefaultValueFactory = _ => 9 };
        var command = new Command("heads", "The head map: memory, updates, proofs, what it adds to sealing, rebuild.")
        {
            entities,
            rounds,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            await RunAsync(
                common.Folder(parsed), parsed.GetRequiredValue(entities), parsed.GetValue(rounds), common.Report(parsed), cancellation);
            return 0;
        });
        return command;
    }

    public static async Task RunAsync(
        string folder, IReadOnlyList<int> sizes, int rounds, Report report, CancellationToken cancellation)
    {
        var machine = Machine.Describe(folder);

        // Once for nothing: the first run of all is compiled while it is measured.
        MapRun.Measure(sizes.Min(), Batches);
        var maps = sizes.Select(size => MapRun.Measure(size, Batches)).ToList();
        var seals = new List<SealRun>();
        foreach (var block in (int[])[64, 1_024, 16_384, 65_536])
        {
            seals.Add(await SealRun.MeasureAsync(folder, Math.Max(sizes.Max(), block), block, rounds, cancellation));
        }

        var (rebuild, bundles) = await SealRun.RebuildAsync(folder, sizes.Max(), cancellation);
        await report.PutAsync("heads", Describe(machine, rounds, maps, seals, rebuild, bundles), cancellation);
    }

    private static string Describe(
        string machine, int rounds, IReadOnlyList<MapRun> maps, IReadOnlyList<SealRun> seals, TimeSpan rebuild, long bundles)
    {
        var updates = new TextTable(
            ["entities", "bytes/entity", .. Batches.Select(batch => $"us/entity, batch of {Whole(batch)}")]);
        var proofs = new TextTable("entities", "proof bytes p50", "max", "proofs/s", "verified/s", "both/s");
        foreach (var map in maps)
        {
            updates.Add([
                Whole(map.Entities), Number(map.BytesPerEntity),
                .. Batches.Select(batch => Number(map.UpdateMicroseconds.GetValueOrDefault(batch, double.NaN))),
            ]);
            proofs.Add(
                Whole(map.Entities), Whole(map.ProofBytes.Median), Whole(map.ProofBytes.Max), Number(map.ProvesPerSecond),
                Number(map.VerifiesPerSecond), Number(1 / ((1 / map.ProvesPerSecond) + (1 / map.VerifiesPerSecond))));
        }

        var sealing = new TextTable(
            "entries/block", "plan us/entry without", "with", "ratio", "sealed us/entry without", "with", "ratio");
        foreach (var seal in seals)
        {
            sealing.Add(
                Whole(seal.Block), Number(seal.Plan.Without), Number(seal.Plan.With), Times(seal.Plan.With / seal.Plan.Without),
                Number(seal.Sealed.Without), Number(seal.Sealed.With), Times(seal.Sealed.With / seal.Sealed.Without));
        }

        var largest = Whole(maps.Max(map => map.Entities));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"""
            `bench heads --rounds {rounds}`, one thread. Memory is what the collector holds of a map; a batch changes that many entities picked at random.

            {updates}
            A proof is 32 bytes a sibling and 72 for the leaf; every tenth is one of absence.

            {proofs}
            Sealing over {largest} entities, every entry of another one (the worst case), with and without the map in turns, medians of {rounds}. Plan:
            leaves, tree, map, block and signature in memory; sealed: with staging, commit, tiles and bundles on the disk.

            {sealing}
            Rebuild of the map at a start, {largest} entities from {Whole(bundles)} entry bundles: {Number(rebuild.TotalSeconds)} s.

            {machine}.
            """);
    }

    private static string Whole(double value) => value.ToString("#,##0", CultureInfo.InvariantCulture);
}
