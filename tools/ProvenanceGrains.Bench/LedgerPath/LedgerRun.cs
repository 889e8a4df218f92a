using System.Collections.Concurrent;
using System.Diagnostics;
using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;
using ProvenanceGrains.Ledger.Entries;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Bench.LedgerPath;

/// <summary>One run of the ledger path with some writers, and the bare loop over the bytes that it wrote.</summary>
internal sealed record LedgerRun
{
    /// <summary>Durable entries a second.</summary>
    public required double Rate { get; init; }

    /// <summary>Entries a second of the bare loop.</summary>
    public required double BareRate { get; init; }

    /// <summary>Milliseconds from the call to the durable answer.</summary>
    public required Samples AckMs { get; init; }

    /// <summary>Milliseconds from the call to the published checkpoint that covers the entry.</summary>
    public required Samples SealedMs { get; init; }

    /// <summary>Milliseconds of one write and fsync of the bare loop.</summary>
    public required Samples BareMs { get; init; }

    public required double EntriesPerSync { get; init; }

    public required double BytesPerEntry { get; init; }

    /// <summary>Processor time of this process, all threads, in microseconds an entry.</summary>
    public required double CpuMicroseconds { get; init; }

    /// <summary>
    /// 1. The writers append, each waiting for its durable answer before it goes on, until the time is up. 2. The sealer catches
    /// up. 3. The bare loop writes the same segment bytes in the same batches to a file beside.
    /// </summary>
    public static async Task<LedgerRun> MeasureAsync(
        string parent, int writers, TimeSpan duration, CancellationToken cancellation, IEntityIndexFunction? indexes = null)
    {
        using var folder = new WorkFolder(parent);
        var acks = new ConcurrentBag<List<Ack>>();
        TimeSpan elapsed;
        TimeSpan cpu;
        IReadOnlyList<(long NextOrdinal, long Timestamp)> published;
        IReadOnlyList<int> batches;

        // 1. and 2.
        await using (var rig = await LedgerRig.OpenAsync(folder.In("data"), new SmallEntries(), cancellation, indexes))
        {
            using var self = Process.GetCurrentProcess();
            var watch = new SealWatch(rig.Sealing);
            var cpuBefore = self.TotalProcessorTime;
            var started = Stopwatch.GetTimestamp();
            var end = started + (long)(duration.TotalSeconds * Stopwatch.Frequency);
            await Task.WhenAll(Enumerable.Range(0, writers).Select(async writer => acks.Add(await WriteAsync(rig, writer, end))));
            elapsed = Stopwatch.GetElapsedTime(started);
            await rig.WaitQuietAsync(cancellation);
            self.Refresh();
            cpu = self.TotalProcessorTime - cpuBefore;
            await watch.DisposeAsync();
            published = watch.Published;
            batches = rig.Disk.Batches;
        }

        // 3.
        var content = ReadSegments(folder.In("data"));
        if (content.Length != batches.Sum())
        {
            throw new BenchException($"The segments have {content.Length} bytes, but {batches.Sum()} were written.");
        }

        var bare = BareLoop.Run(folder.In("bare"), content, batches);
        var all = acks.SelectMany(list => list).OrderBy(ack => ack.Ordinal).ToArray();
        return new LedgerRun
        {
            Rate = all.Length / elapsed.TotalSeconds,
            BareRate = all.Length / bare.Elapsed.TotalSeconds,
            AckMs = new Samples(all.Select(ack => Stopwatch.GetElapsedTime(ack.Start, ack.End).TotalMilliseconds)),
            SealedMs = new Samples(SealedTimes(all, published)),
            BareMs = bare.BatchMs,
            EntriesPerSync = all.Length / (double)batches.Count,
            BytesPerEntry = content.Length / (double)all.Length,
            CpuMicroseconds = cpu.TotalMicroseconds / all.Length,
        };
    }

    private static async Task<List<Ack>> WriteAsync(LedgerRig rig, int writer, long end)
    {
        // The loop must not run on the starter's thread, or writer after writer would start late.
        await Task.Yield();
        var acks = new List<Ack>();
        for (var number = 0L; Stopwatch.GetTimestamp() < end; number++)
        {
            var draft = SmallEntries.Draft(writer, number, TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds());
            var start = Stopwatch.GetTimestamp();
            var outcome = await rig.Committer.CommitAsync(draft, CancellationToken.None);
            acks.Add(outcome is AppendOutcome.Committed committed
                ? new Ack(committed.FirstOrdinal, start, Stopwatch.GetTimestamp())
                : throw new BenchException($"Writer {writer} was refused: {outcome}."));
        }

        return acks;
    }

    /// <summary>The segments one after the other: what was written, in the order in which it was.</summary>
    private static byte[] ReadSegments(string data) =>
    [
        .. Directory.GetFiles(Path.Combine(data, "segments"), "*.seg").Order(StringComparer.Ordinal).SelectMany(File.ReadAllBytes),
    ];

    private static IEnumerable<double> SealedTimes(Ack[] ordered, IReadOnlyList<(long NextOrdinal, long Timestamp)> published)
    {
        var block = 0;
        foreach (var ack in ordered)
        {
            while (published[block].NextOrdinal <= ack.Ordinal)
            {
                block++;
            }

            yield return Stopwatch.GetElapsedTime(ack.Start, published[block].Timestamp).TotalMilliseconds;
        }
    }

    private readonly record struct Ack(long Ordinal, long Start, long End);
}
