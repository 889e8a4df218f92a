using System.Diagnostics;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Ledger.Blocks;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;
using ProvenanceGrains.Ledger.Notes;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage.Sealing;

namespace ProvenanceGrains.Bench.Heads;

/// <summary>Sealing the same entries with and without the head map, and making the map anew from what was sealed.</summary>
internal sealed record SealRun
{
    private static readonly SignerKey Key = SignerKey.Create("bench.example/heads", NoteSignatureType.Ed25519, new byte[32]);
    private static readonly BlockIdentity Identity = BlockIdentity.Of(Key.Verifier);

    /// <summary>Entries of one block, each of another entity.</summary>
    public required int Block { get; init; }

    /// <summary>Microseconds an entry, without and with the map.</summary>
    public required (double Without, double With) Plan { get; init; }

    /// <summary>The same, with staging, commit, tiles and bundles on the disk.</summary>
    public required (double Without, double With) Sealed { get; init; }

    /// <summary>Plans and seals blocks over a map of some size, with and without it in turns; medians.</summary>
    public static async Task<SealRun> MeasureAsync(
        string parent, int entities, int block, int rounds, CancellationToken cancellation)
    {
        using var folder = new WorkFolder(parent);
        using var bare = new FileSealStore(folder.In("without"), BlockRecord.SizeOf(IndexRule.Hash));
        using var full = new FileSealStore(folder.In("with"), BlockRecord.SizeOf(IndexRule.Hash));
        var without = (Store: bare, Position: SealPosition.Empty with { Heads = null }, Plan: new List<double>(), Sealed: new List<double>());
        var with = (
            Store: full, Position: SealPosition.Empty with { Heads = HeadMap.Empty.Update(SampleHeads.Heads(entities)) },
            Plan: new List<double>(), Sealed: new List<double>());
        var random = new Random(block);
        for (var round = 0; round <= rounds; round++)
        {
            var entries = SampleHeads.Pick(random, entities, block)
                .Select(i => SampleHeads.FirstEntries(i, 1)[0] with { TimeMs = round }).ToList();
            without.Position = await SealAsync(without.Store, without.Position, entries, without.Plan, without.Sealed, cancellation);
            with.Position = await SealAsync(with.Store, with.Position, entries, with.Plan, with.Sealed, cancellation);
        }

        // The first round warms up.
        return new SealRun
        {
            Block = block,
            Plan = (Median(without.Plan), Median(with.Plan)),
            Sealed = (Median(without.Sealed), Median(with.Sealed)),
        };

        double Median(List<double> times) => new Samples(times.Skip(1)).Median / block;
    }

    /// <summary>Seals one entry for each entity, then makes the map out of the bundles as a start does.</summary>
    public static async Task<(TimeSpan Elapsed, long Bundles)> RebuildAsync(string parent, int entities, CancellationToken cancellation)
    {
        using var folder = new WorkFolder(parent);
        using var store = new FileSealStore(folder.In("data"), BlockRecord.SizeOf(IndexRule.Hash));
        var position = SealPosition.Empty;
        for (var from = 0; from < entities; from += ChainSealer.MaxEntriesPerBlock)
        {
            var entries = SampleHeads.FirstEntries(from, Math.Min(ChainSealer.MaxEntriesPerBlock, entities - from));
            position = await SealAsync(store, position, entries, [], [], cancellation);
        }

        var started = Stopwatch.GetTimestamp();
        var map = await HeadMapReplay.RebuildAsync(store, store.BlockCount - 1, cancellation);
        var elapsed = Stopwatch.GetElapsedTime(started);
        return map.Count == entities
            ? (elapsed, (position.Edge.Size + 255) / 256)
            : throw new BenchException($"The map holds {map.Count} entities, not {entities}.");
    }

    private static async Task<SealPosition> SealAsync(
        FileSealStore store,
        SealPosition position,
        List<EntryHeader> entries,
        List<double> plan,
        List<double> whole,
        CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var (bundle, next) = SealPlan.Make(position, entries, nowMs: 0, Identity, Key);
        plan.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        await store.StageAsync(bundle, cancellation);
        await store.CompareAndSwapAsync(position.Committed, bundle.Checkpoint, cancellation);
        await store.ApplyAsync(bundle, cancellation);
        await store.PublishAsync(bundle.Checkpoint, cancellation);
        await store.DropStageAsync(cancellation);
        whole.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
        return next;
    }
}
