using System.Diagnostics;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Ledger.Heads;

namespace ProvenanceGrains.Bench.Heads;

/// <summary>What a head map of one size costs, on one thread.</summary>
internal sealed record MapRun
{
    private const int Proofs = 20_000;

    /// <summary>Bytes of a proof's leaf: index, length, last leaf hash. Each sibling has 32 more.</summary>
    private const int LeafBytes = 72;

    public required int Entities { get; init; }

    public required double BytesPerEntity { get; init; }

    /// <summary>Microseconds a changed entity, by the size of the batch; none for batches over the map's size.</summary>
    public required IReadOnlyDictionary<int, double> UpdateMicroseconds { get; init; }

    public required Samples ProofBytes { get; init; }

    public required double ProvesPerSecond { get; init; }

    public required double VerifiesPerSecond { get; init; }

    public static MapRun Measure(int entities, IReadOnlyList<int> batches)
    {
        var heads = SampleHeads.Heads(entities);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var map = HeadMap.Empty.Update(heads);
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(heads);
        var updates = batches.Where(batch => batch <= entities).ToDictionary(batch => batch, batch => Update(map, entities, batch));
        var (proofBytes, proves, verifies) = Prove(map, entities);
        return new MapRun
        {
            Entities = entities,
            BytesPerEntity = bytes / (double)entities,
            UpdateMicroseconds = updates,
            ProofBytes = proofBytes,
            ProvesPerSecond = proves,
            VerifiesPerSecond = verifies,
        };
    }

    /// <summary>The median over several updates of other entities each; the version before is dropped, as a sealer drops it.</summary>
    private static double Update(HeadMap map, int entities, int batch)
    {
        var random = new Random(batch);
        var rounds = Math.Clamp(65_536 / batch, 5, 5_000);
        var changes = Enumerable.Range(0, rounds)
            .Select(round => SampleHeads.Pick(random, entities, batch).Select(i => SampleHeads.Head(i, round + 2)).ToArray()).ToList();
        var times = new List<double>();
        foreach (var change in changes)
        {
            var started = Stopwatch.GetTimestamp();
            map = map.Update(change);
            times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds / batch);
        }

        GC.KeepAlive(map);
        return new Samples(times).Median;
    }

    private static (Samples Bytes, double Proves, double Verifies) Prove(HeadMap map, int entities)
    {
        var random = new Random(1);
        var asked = new EntityIndex[Proofs];
        for (var i = 0; i < asked.Length; i++)
        {
            // Every tenth is of an entity that there is not.
            asked[i] = SampleHeads.Index(i % 10 == 0 ? entities + i : random.Next(entities));
        }

        var proofs = new HeadMapProof[asked.Length];
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < asked.Length; i++)
        {
            proofs[i] = map.Prove(asked[i]);
        }

        var proving = Stopwatch.GetElapsedTime(started);
        started = Stopwatch.GetTimestamp();
        for (var i = 0; i < asked.Length; i++)
        {
            if (!HeadMapVerifier.TryVerify(map.Root, asked[i], proofs[i], out _, out var error))
            {
                throw new BenchException(error);
            }
        }

        var verifying = Stopwatch.GetElapsedTime(started);
        var sizes = new Samples(proofs.Select(proof => (32.0 * proof.Siblings.Count) + (proof.Leaf is null ? 0 : LeafBytes)));
        return (sizes, asked.Length / proving.TotalSeconds, asked.Length / verifying.TotalSeconds);
    }
}
