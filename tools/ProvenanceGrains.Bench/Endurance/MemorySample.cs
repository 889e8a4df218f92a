using ProvenanceGrains.Bench.Measuring;
using ProvenanceGrains.Bench.Processes;

namespace ProvenanceGrains.Bench.Endurance;

/// <summary>The memory of a silo at one moment; sizes in bytes.</summary>
/// <param name="Elapsed">Since the load began.</param>
/// <param name="Events">Events captured.</param>
/// <param name="Entries">Entries in the log.</param>
/// <param name="Resident">Resident pages, those of mapped files included.</param>
/// <param name="Anonymous">Resident pages that belong to no file: what the process itself holds.</param>
/// <param name="GcHeap">Managed heap.</param>
internal sealed record MemorySample(
    TimeSpan Elapsed, long Events, long Entries, long Resident, long Anonymous, long GcHeap)
{
    public static async Task<MemorySample> TakeAsync(SiloProcess silo, TimeSpan elapsed, CancellationToken cancellation)
    {
        var metrics = await silo.ReadMetricsAsync(cancellation);
        return new MemorySample(
            elapsed, metrics.Events, metrics.Entries, ProcessUsage.StatusBytes(silo.Id, "VmRSS"),
            ProcessUsage.StatusBytes(silo.Id, "RssAnon"), metrics.GcHeap);
    }

    /// <summary>How a size changes with time: the slope of the least-squares line, in bytes a second.</summary>
    public static double Slope(IReadOnlyList<MemorySample> samples, Func<MemorySample, long> size)
    {
        var time = samples.Average(sample => sample.Elapsed.TotalSeconds);
        var mean = samples.Average(sample => (double)size(sample));
        var covariance = samples.Sum(sample => (sample.Elapsed.TotalSeconds - time) * (size(sample) - mean));
        var variance = samples.Sum(sample => Math.Pow(sample.Elapsed.TotalSeconds - time, 2));
        return covariance / variance;
    }
}
