using ProvenanceGrains.Api.Operation;
using ProvenanceGrains.Storage.Segments;

namespace ProvenanceGrains.Silo.Hosting;

/// <summary>Whether the journal store takes writes, and its figures.</summary>
internal sealed class StoreProbe(SegmentStore store) : IHealthProbe, IMetricsProbe
{
    public string Name => "store";

    public string? Problem()
    {
        var metrics = store.ReadMetrics();
        return metrics.Failed
            ? "The journal store has stopped taking writes; the log says why. Restart the silo."
            : metrics.Damage;
    }

    public void Write(PrometheusText text)
    {
        var metrics = store.ReadMetrics();
        text.Counter("provenance_store_units_total", "Units made durable.", metrics.CommittedUnits);
        text.Counter("provenance_store_entries_total", "Entries made durable.", metrics.CommittedEntries);
        text.Counter("provenance_store_bytes_total", "Bytes made durable.", metrics.CommittedBytes);
        text.Counter("provenance_store_refused_units_total", "Units refused by the fence or a claim.", metrics.RefusedUnits);
        text.Counter("provenance_store_busy_units_total", "Units turned away because the queue was full.", metrics.BusyUnits);
        text.Counter("provenance_store_syncs_total", "Calls of fsync on a segment.", metrics.Syncs);
        text.Counter("provenance_store_sync_seconds_total", "Time spent in them.", metrics.SyncTime.TotalSeconds);
        text.Gauge("provenance_store_queued_units", "Units that wait for the committer.", metrics.QueuedUnits);
        text.Gauge("provenance_store_queued_bytes", "Bytes that wait for the committer.", metrics.QueuedBytes);
        text.Counter("provenance_index_transactions_total", "Transactions of the derived index.", metrics.IndexTransactions);
        text.Counter("provenance_index_seconds_total", "Time spent in them.", metrics.IndexTime.TotalSeconds);
        text.Gauge("provenance_index_lag_entries", "Durable entries that the index does not hold yet.", metrics.IndexLagEntries);
        text.Gauge("provenance_store_entries", "Entries in the log.", metrics.NextOrdinal);
        text.Gauge("provenance_store_failed", "1 if the store has stopped taking writes.", metrics.Failed ? 1 : 0);
    }
}
