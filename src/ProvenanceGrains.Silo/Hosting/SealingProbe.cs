using ProvenanceGrains.Api.Operation;
using ProvenanceGrains.Sealing;
using ProvenanceGrains.Storage;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>Whether the sealer keeps up, for <c>/health/ready</c> and <c>/metrics</c>.</summary>
internal sealed class SealingProbe(SealingStatus status, IJournalReader journal, TimeProvider time) : IHealthProbe, IMetricsProbe
{
    /// <summary>Sealing takes less than a second, also under load.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public string Name => "sealer";

    public string? Problem() => status.Failure is { } failure ? $"Sealing failed: {failure}"
        : status.Report is null ? "The sealer has not reported yet."
        : status.WaitingSince is { } since && time.GetElapsedTime(since) > Patience
            ? $"Entries have waited {time.GetElapsedTime(since).TotalSeconds:F0} s for their block."
        : null;

    public void Write(PrometheusText text)
    {
        var report = status.Report;
        text.Gauge("provenance_log_tree_size", "Leaves of the committed tree.", report?.TreeSize ?? 0);
        text.Gauge("provenance_log_blocks", "Blocks of the log.", report?.Blocks ?? 0);
        text.Gauge(
            "provenance_log_unsealed_entries", "Entries that are durable and wait for their block.",
            journal.Committed - (report?.NextOrdinal ?? 0));
        text.Gauge(
            "provenance_log_sealed_timestamp_seconds", "When the sealer last ended well, in seconds since the epoch.",
            status.At?.ToUnixTimeMilliseconds() / 1000.0 ?? 0);
    }
}
